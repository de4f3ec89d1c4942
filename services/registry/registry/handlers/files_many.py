"""Many files in one workbook: each apart, so that a bad one changes nothing and stops no other."""

from collections.abc import Sequence

from contracts.refusals import Refusal
from registry.commands.customers import TakeAnnex2
from registry.handlers.apart import apart
from registry.handlers.files import Kept, take_annex_2
from registry.ports.care import CareDesk

Outcome = Kept | Refusal


async def take_many(commands: Sequence[TakeAnnex2], desk: CareDesk) -> list[Outcome]:
    """Take several forms in; of two of one customer the later finds the file as the earlier left it."""
    return [await apart(take_annex_2(command, desk), desk.apart) for command in commands]
