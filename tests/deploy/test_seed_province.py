"""The generated province is plausible: shares of classes, seasons, growth, and everything planted is listed."""

import ast
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from deploy.layout import ROOT
from deploy.seed import seasons, truth
from deploy.seed.irregularities import Irregularities
from deploy.seed.months import span, year_of
from deploy.seed.plan import Customer, Plan, build
from deploy.seed.truth import GroundTruth, revenue_of_the_year

SIZE = 2_000
FESTIVAL_MONTHS = ("2025-01", "2026-02")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(SIZE)


@pytest.fixture(scope="module")
def planted(plan: Plan) -> GroundTruth:
    return truth.of(plan)


@pytest.fixture(scope="module")
def revenue(plan: Plan) -> dict[str, Decimal]:
    """The whole province's revenue by month."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for customer in plan.customers:
        for offset, month in enumerate(plan.months):
            total[month] += _revenue(customer, offset, month)
    return total


def _revenue(customer: Customer, offset: int, month: str) -> Decimal:
    used = customer.demand().used(offset, month, seasons.read())
    return sum((row.revenue for row in used), Decimal(0))


def test_there_are_24_months_up_to_the_last(plan: Plan) -> None:
    assert (len(plan.months), plan.months[0], plan.months[-1]) == (24, "2024-11", "2026-10")
    assert span("2026-02", 3) == ("2025-12", "2026-01", "2026-02")


def test_most_customers_are_of_class_4_and_few_of_class_1(planted: GroundTruth) -> None:
    total = sum(planted.classes.values())
    shares = {cls: count / total for cls, count in planted.classes.items()}
    assert shares[4] > 0.65
    assert 0.08 < shares[3] < 0.22
    assert 0.02 < shares[2] < 0.09
    assert 0.015 < shares[1] < 0.07


def test_a_tenth_of_the_customers_bring_more_than_half_of_the_revenue(plan: Plan) -> None:
    yearly = sorted((revenue_of_the_year(c, 2025, plan) for c in plan.customers), reverse=True)
    assert sum(yearly[: SIZE // 10]) > sum(yearly) / 2


def test_november_is_the_best_month_of_a_year_and_the_spring_festival_the_worst(
    revenue: dict[str, Decimal],
) -> None:
    for festival in FESTIVAL_MONTHS:
        months = [month for month in revenue if year_of(month) == year_of(festival)]
        assert min(months, key=revenue.__getitem__) == festival
    assert max((month for month in revenue if year_of(month) == 2025), key=revenue.__getitem__) == "2025-11"


def test_the_province_grows_by_a_tenth_to_a_third_from_year_to_year(revenue: dict[str, Decimal]) -> None:
    assert Decimal("1.1") < revenue["2026-10"] / revenue["2025-10"] < Decimal("1.35")


def test_seasons_leave_the_year_as_it_is() -> None:
    for factors in (*seasons.read().lines.values(), *seasons.read().industries.values()):
        assert len(factors) == 12
        assert sum(factors) == pytest.approx(12)


def test_every_line_has_a_season_and_a_price(plan: Plan) -> None:
    lines = {line for customer in plan.customers for line in customer.firm.lines}
    assert lines == set(seasons.read().lines) == set(seasons.read().pieces)


def test_customers_come_month_after_month_and_most_from_the_beginning(plan: Plan) -> None:
    starts = Counter(customer.fate.start for customer in plan.customers)
    assert 0.65 < starts[0] / SIZE < 0.8
    assert set(starts) == set(range(len(plan.months) - 1))


def test_nobody_uses_anything_before_the_first_month_of_its_own(plan: Plan) -> None:
    late = [customer for customer in plan.customers if customer.fate.start > 0]
    for customer in late[:100]:
        start = customer.fate.start
        assert _revenue(customer, start - 1, plan.months[start - 1]) == 0
        assert _revenue(customer, start, plan.months[start]) > 0


def test_some_of_each_anomaly_are_planted_and_not_many(planted: GroundTruth) -> None:
    for kind in ("drop", "spike", "stop"):
        assert 5 < len(planted.anomalies[kind]) < SIZE // 20, kind
    indexes = [index for found in planted.anomalies.values() for index in found]
    assert len(set(indexes)) == len(indexes)


def test_an_anomaly_shows_against_the_same_month_a_year_before(plan: Plan, planted: GroundTruth) -> None:
    for kind, low, high in (("drop", 0.0, 0.7), ("spike", 2.0, 9.0), ("stop", 0.0, 0.0)):
        for index, month in planted.anomalies[kind].items():
            ratio = _against_last_year(plan, index, month)
            assert low <= ratio <= high, (kind, index, month, ratio)


def test_hardly_anybody_else_looks_like_an_anomaly(plan: Plan, planted: GroundTruth) -> None:
    anomalous = {index for found in planted.anomalies.values() for index in found}
    month = plan.months[-1]
    usual = [c.firm.index for c in plan.customers if c.fate.start == 0 and c.firm.index not in anomalous]
    odd = [index for index in usual if not 0.7 < _against_last_year(plan, index, month) < 2]
    assert len(odd) <= len(usual) // 100


def _against_last_year(plan: Plan, index: int, month: str) -> float:
    customer, offset = plan.customers[index], plan.months.index(month)
    before = _revenue(customer, offset - 12, plan.months[offset - 12])
    return float(_revenue(customer, offset, month) / before)


def test_after_a_stop_nothing_is_used_any_more(plan: Plan, planted: GroundTruth) -> None:
    for index, month in planted.anomalies["stop"].items():
        for offset in range(plan.months.index(month), len(plan.months)):
            assert _revenue(plan.customers[index], offset, plan.months[offset]) == 0


def test_duplicates_of_both_kinds_are_planted_by_another_unit(plan: Plan, planted: GroundTruth) -> None:
    kinds = Counter(duplicate.kind for duplicate in planted.duplicates)
    assert min(kinds["same-code"], kinds["look-alike"]) >= 5
    assert sum(kinds.values()) < SIZE // 20
    for duplicate in planted.duplicates:
        original = plan.customers[duplicate.of]
        unit = plan.person(duplicate.manager_no).org_id
        assert unit != original.assignment.unit
        assert plan.city_of(unit) == plan.city_of(original.assignment.unit)
        assert original.registered
        assert duplicate.month is None or duplicate.month >= original.fate.start + 2


def test_the_irregular_files_are_few_and_of_one_kind_each(plan: Plan, planted: GroundTruth) -> None:
    kinds = (planted.late_files, planted.missing_files, frozenset(planted.corrected_files))
    assert [bool(kind) for kind in kinds] == [True, True, True]
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds)) < len(plan.cities) * len(plan.months) // 20
    assert len({late.month for late in planted.late_files}) <= 4


def test_debtors_and_neglected_customers_are_listed(planted: GroundTruth) -> None:
    assert planted.unpaid_from
    assert planted.late_payers
    assert not planted.late_payers & set(planted.unpaid_from)
    for few in (planted.without_file, planted.unvisited):
        assert 0 < len(few) < SIZE // 10


def test_the_same_seed_plants_the_same_and_another_seed_something_else(
    plan: Plan, planted: GroundTruth
) -> None:
    assert truth.of(build(SIZE)) == planted
    other = Irregularities("another", plan.cities, plan.months)
    assert other.late != planted.late_files


def test_a_larger_province_keeps_what_was_planted_in_a_smaller_one(plan: Plan, planted: GroundTruth) -> None:
    smaller = truth.of(build(300))
    assert smaller.without_file == {index for index in planted.without_file if index < 300}
    assert smaller.anomalies["stop"] == {i: m for i, m in planted.anomalies["stop"].items() if i < 300}


def test_nothing_but_tests_reads_the_ground_truth() -> None:
    readers = [
        path
        for folder in ("deploy", "services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "truth.py" and _imports_truth(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert readers == []


def _imports_truth(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        names = [alias.name for alias in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        if any("seed.truth" in name for name in names):
            return True
    return False
