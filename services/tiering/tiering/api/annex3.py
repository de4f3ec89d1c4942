"""Annex 3 as a workbook."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from chassis.directory import Organisation, Snapshot
from chassis.http.edge import AtTheEdge
from chassis.http.problems import problems
from chassis.http.workbooks import XLSX_ANSWER, download
from chassis.runtime import Runtime
from chassis.transaction import Transaction, scoped
from regulations.calendars import add_months
from regulations.topics.usage import UsageFiling, UsageForm
from tiering.api.usage_bodies import month_of
from tiering.api.usage_context import FileReader, OrgFilter, asking, settings_of
from tiering.handlers.usage import line_names, unit_in_scope
from tiering.model.months import month_text
from tiering.model.refusals import FormTooLarge
from tiering.policies.annex3 import FormHead, FormRow, SheetForm, draw_annex_3
from tiering.policies.filing import check_month
from tiering.queries.annex3 import form_rows
from tiering.settings import ANNEX_3_WIDTHS, LONGEST_ORG_ID, PERCENT, PERCENT_PLACE, YUAN_IN_WAN

router = APIRouter(tags=["usage-files"])
UNIT_HEAD = "unit-head"
SHEET = SheetForm(ANNEX_3_WIDTHS, YUAN_IN_WAN, PERCENT, PERCENT_PLACE)


class FormFilters(BaseModel):
    """Of which unit and month."""

    model_config = ConfigDict(extra="forbid")
    org_id: OrgFilter = None
    month: Annotated[str, Query(max_length=LONGEST_ORG_ID, examples=["2026-02"])]


@router.get(
    "/v1/usage-files/form.xlsx",
    operation_id="download_annex_3",
    summary="下载附件3 物流大客户用邮信息表",
    responses={**problems(401, 403, 404, 409, 422), **XLSX_ANSWER},
    response_class=Response,
)
async def form(
    filters: Annotated[FormFilters, Query()], request: Request, caller: FileReader, edge: AtTheEdge
) -> Response:
    """Give a unit's month with what is on record, compared with the month and the year before."""
    runtime: Runtime = request.app.state.runtime
    month = month_of(filters.month)
    most = settings_of(request).usage_form_rows
    async with scoped(runtime.database.app, edge.moment(request, caller), readonly=True) as tx:
        asked = asking(request, caller, tx)
        check_month(month, tx.now.date(), asked.months_back)
        unit = unit_in_scope(filters.org_id, asked)
        rows = await _rows(tx, unit, filters.month, asked.law, most)
        filing = asked.law.find(UsageFiling, org_id=unit.org_id, day=add_months(month, 1))
        words = asked.law.find(UsageForm, org_id=unit.org_id, day=add_months(month, 1))
    heads = asked.law.staff_at(unit.org_id, UNIT_HEAD)
    head = FormHead(
        words={one.code: one.zh for one in words.value.sheet},
        unit=unit.name,
        org_id=unit.org_id,
        month=month,
        filler=caller.name,
        unit_head=heads[0].name if heads else "",
        note=filing.says,
        sheet=SHEET,
    )
    content = await runtime.workbooks.write(lambda: draw_annex_3(head, rows))
    return download(content, f"附件3-{unit.name}-{month_text(month)}.xlsx")


async def _rows(tx: Transaction, unit: Organisation, written: str, law: Snapshot, most: int) -> list[FormRow]:
    month = month_of(written)
    names = line_names(unit.org_id, tx.now.date(), law)
    rows = await form_rows(tx, unit.orgpath, month, names, most + 1)
    if len(rows) > most:
        raise FormTooLarge.of(most)
    return rows
