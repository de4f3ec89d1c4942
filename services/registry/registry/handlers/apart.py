"""One of many in a request: handled apart, so that a bad one changes nothing and stops no other."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from contracts.refusals import Refusal
from registry.model.refusals import NoLawThere
from regulations.rulebook import AmbiguousAdoption, NoLaw

Handled = TypeVar("Handled")


async def apart(
    handled: Awaitable[Handled], part: Callable[[], AbstractAsyncContextManager[None]]
) -> Handled | Refusal:
    """Handle one in a part of the transaction of its own; give what became of it, or why it is refused."""
    try:
        async with part():
            return await handled
    except Refusal as refused:
        return refused
    except (NoLaw, AmbiguousAdoption) as missing:
        return NoLawThere(f"没有可适用的规定：{missing}", f"no provision applies: {missing}")
