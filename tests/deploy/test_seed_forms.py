"""The sample's workbooks and CSV files are ones that the services read, and hold what the plan says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import Workbook, read_workbook
from deploy.seed.forms import customer_file, registration, usage
from deploy.seed.forms.customer_file import FiledCustomer
from deploy.seed.forms.registration import Declared
from deploy.seed.forms.usage import Filing, UsageRow
from deploy.seed.plan import Plan
from registry.api.annex_1.reading import read_annex_1
from registry.api.annex_2.reading import read_annex_2
from registry.settings import RegistrySettings
from tiering.policies.portions import Annex3File, CsvFile, Portion, Reading

CODE = "42010000000017"
LIMITS = Limits.of(RegistrySettings.model_construct())
FILING = Filing("420100", "武汉市邮政局", "2026-03", "填表人", "负责人")
ROWS = (
    UsageRow(CODE, "示例,“甲”\n公司", "domestic-express", Decimal("1234.56"), 91, Decimal("127.400")),
    UsageRow(CODE, "", "intra-city-express", Decimal("0.01"), 1, Decimal("0.001")),
    UsageRow(CODE, "=1+1", "freight-forwarding", Decimal("4799999.99"), 7500, Decimal("712500.125")),
)


def _read(content: bytes) -> Workbook:
    return read_workbook(content, replace(LIMITS, most_sheets=300))


def test_every_registration_form_is_read_as_the_customer_that_it_is_about(plan: Plan) -> None:
    book = _read(registration.as_workbook(Declared(each, plan, "2026-03-01") for each in plan.customers))
    for customer, sheet in zip(plan.customers, book.sheets, strict=True):
        found = read_annex_1(sheet, lambda unit: unit.split()[-1])
        assert found.problems == [], customer.firm.name
        body, firm = found.body, customer.firm
        assert body is not None
        assert (body.customer.name, body.customer.credit_code) == (firm.name, firm.credit_code)
        assert (body.customer.division, body.customer.nature) == (firm.division, firm.nature)
        assert set(body.lines) == set(firm.lines)
        assert body.org_id == customer.assignment.unit
        form = body.annex_1
        assert form is not None
        assert (form.kind, form.business) == (firm.trade.kind, firm.trade.business)
        assert (form.industry, form.importance_level) == (firm.trade.industry, firm.importance_level)
        assert Decimal(form.estimated_yearly_fees or 0) == firm.yearly_fees


def test_every_customers_file_is_read_whole(plan: Plan) -> None:
    book = _read(customer_file.as_workbook(FiledCustomer(each, CODE, plan.seed) for each in plan.customers))
    for customer, sheet in zip(plan.customers, book.sheets, strict=True):
        found = read_annex_2(sheet)
        assert found.problems == [], customer.firm.name
        assert found.body is not None


def test_a_usage_workbook_gives_back_every_row_to_the_fen_and_the_gram() -> None:
    made = Annex3File(_read(usage.as_workbook(FILING, ROWS)), _reading(), 0)
    (portion,) = made.portions(100)
    assert _figures(portion) == _expected()
    assert made.stated is not None
    assert made.stated.revenue == sum(row.revenue for row in ROWS)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_usage_csv_gives_back_every_row(encoding: str) -> None:
    content = usage.as_csv([replace(row, name=row.name.replace("\n", "")) for row in ROWS], encoding)
    portion = CsvFile(encoding, _reading(), 0).portion(content, Decimal(1))
    assert _figures(portion) == _expected()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert usage.as_workbook(FILING, ROWS) == usage.as_workbook(FILING, ROWS)
    assert usage.as_workbook(FILING, ROWS) != usage.as_workbook(FILING, ROWS[:2])


def _reading() -> Reading:
    lines = {row.line: row.line for row in ROWS}
    sizes = {"longest_row": 10_000, "rows_of_one": 64, "rows_at_a_glance": 256}
    return Reading(date(2026, 3, 1), lines, **sizes, yuan_in_wan=10_000, kg_in_a_ton=1_000)


def _figures(portion: Portion) -> list[tuple[str, ...]]:
    """Code, line, revenue, pieces and weight of each row, without trailing zeros; not how they are told."""
    assert portion.refused == []
    rows = [line.split("\t")[1:-1] for line in portion.text.decode().splitlines()]
    return [(code, line, *map(_bare, figures)) for code, line, *figures in rows]


def _expected() -> list[tuple[str, ...]]:
    return [
        (row.code, row.line, *map(_bare, (str(row.revenue), str(row.pieces), str(row.weight_kg))))
        for row in ROWS
    ]


def _bare(figure: str) -> str:
    return f"{Decimal(figure).normalize():f}"
