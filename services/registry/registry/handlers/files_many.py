"""Many files in one workbook: each apart, so that a bad one changes nothing and stops no other."""

from collections.abc import Sequence

from contracts.refusals import Refusal
from registry.commands import TakeAnnex2
from registry.handlers.files import Kept, take_annex_2
from registry.model.refusals import NoLawThere
from registry.ports.care import CareDesk
from regulations.rulebook import AmbiguousAdoption, NoLaw

Outcome = Kept | Refusal


async def take_many(commands: Sequence[TakeAnnex2], desk: CareDesk) -> list[Outcome]:
    """Take several forms in; of two of one customer the later finds the file as the earlier left it."""
    return [await _apart(command, desk) for command in commands]


async def _apart(command: TakeAnnex2, desk: CareDesk) -> Outcome:
    try:
        async with desk.apart():
            return await take_annex_2(command, desk)
    except Refusal as refused:
        return refused
    except (NoLaw, AmbiguousAdoption) as missing:
        return NoLawThere(f"没有可适用的规定：{missing}", f"no provision applies: {missing}")
