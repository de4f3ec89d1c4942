"""Taking over the official days of a year."""

from contracts.refusals import Forbidden
from registry.commands.asking import Asker
from registry.commands.rules import ImportCalendar
from registry.model.calendars import CalendarNotice
from registry.model.organisations import Kind
from registry.policies.calendars import announced
from registry.ports.rules import LawDesk


async def import_calendar(command: ImportCalendar, asker: Asker, desk: LawDesk) -> CalendarNotice:
    """Make a year official; a second import of it replaces the first."""
    post = (await desk.nodes.existing([asker.org_id])).get(asker.org_id)
    if post is None or post.kind not in (Kind.NATIONAL, Kind.PROVINCE):
        raise Forbidden(
            "日历由全国或省管理员导入",
            "calendars are imported by an administrator of the nation or a province",
        )
    year = announced(command.year, command.source, command.days)
    notice = CalendarNotice(
        year=command.year,
        source=command.source,
        days=tuple(sorted(command.days, key=lambda listed: listed.day)),
        imported_by=asker.staff_id,
        imported_at=desk.now,
        version=await desk.calendars.next_version(command.year),
    )
    await desk.calendars.add(notice, year)
    return notice
