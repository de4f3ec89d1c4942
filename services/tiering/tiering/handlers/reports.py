"""Filing an analysis."""

from chassis.ids import uuid7
from tiering.commands.usage import FileReport
from tiering.handlers.usage import Asking, unit_in_scope
from tiering.model.refusals import not_of_the_unit
from tiering.policies.filing import check_month
from tiering.ports.usage import NewReport, Reports, UsageRows


async def file_report(command: FileReport, asking: Asking, usage: UsageRows, reports: Reports) -> NewReport:
    """File an analysis of a month by a unit; raises UnknownCustomer for one that is not the unit's."""
    unit = unit_in_scope(command.org_id, asking)
    check_month(command.month, asking.now.date(), asking.months_back)
    known = await usage.known(command.customers, below=unit.orgpath)
    for number, customer in enumerate(command.customers):
        if customer not in known:
            raise not_of_the_unit(f"/customers/{number}")
    report = NewReport(
        report_id=uuid7(),
        org_id=unit.org_id,
        orgpath=unit.orgpath,
        command=command,
        customers=tuple(dict.fromkeys(known[customer] for customer in command.customers)),
        filed_by=asking.caller.actor,
    )
    await reports.file(report)
    return report
