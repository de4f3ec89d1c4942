"""Many declarations in one request: each apart, so that a bad one changes nothing and stops no other."""

from collections.abc import Sequence

from contracts.refusals import Refusal
from registry.commands.declaring import ApproveDeclaration, SubmitDeclaration
from registry.handlers.apart import apart
from registry.handlers.declarations import submit_declaration
from registry.handlers.registration import approve_declaration
from registry.model.declarations import Declaration
from registry.ports.desk import Desk

Outcome = Declaration | Refusal


async def submit_many(commands: Sequence[SubmitDeclaration], desk: Desk) -> list[Outcome]:
    """Declare several customers; an earlier one of the list is already known to the later ones.

    The market is taken for oneself first: whoever waited for it with a customer in hand could block two lists for good.
    """
    await desk.known.alone()
    return [await apart(submit_declaration(command, desk), desk.apart) for command in commands]


async def approve_many(commands: Sequence[ApproveDeclaration], desk: Desk) -> list[Outcome]:
    """Register several customers, in the order of their declarations, for two lists must not wait for each other."""
    done: dict[int, Outcome] = {}
    places = sorted(range(len(commands)), key=lambda place: (commands[place].declaration_id, place))
    for place in places:
        done[place] = await apart(approve_declaration(commands[place], desk), desk.apart)
    return [done[place] for place in range(len(commands))]
