"""Filed analyses."""

from chassis.transaction import Transaction
from contracts.tiering import ReportFiled
from tiering.model.months import month_text
from tiering.ports.usage import NewReport

FILE = """
    WITH told AS (SELECT announce($11::jsonb))
    INSERT INTO report (id, org_id, kind, month, customers, filed_with_province, note, filed_on, filed_by, recorded)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM told
"""


class ReportsInTables:
    """Writes reports in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def file(self, report: NewReport) -> None:
        """Write a report and tell it."""
        tx, command = self._tx, report.command
        told = ReportFiled(
            report_id=report.report_id,
            org_id=report.org_id,
            kind=command.kind.value,
            month=month_text(command.month),
            customers=list(report.customers),
            filed_on=tx.now.date(),
            filed_with_province=command.filed_with_province,
        )
        event = tx.event(
            told,
            aggregate=f"report:{report.report_id}",
            version=1,
            subject=report.org_id,
            orgpath=report.orgpath,
        )
        await tx.execute(
            FILE, report.report_id, report.org_id, command.kind.value, command.month, list(report.customers),
            command.filed_with_province, command.note, tx.now.date(), report.filed_by, tx.now, tx.encoded([event]),
        )  # fmt: skip
