"""Whether the whole platform is ready: every service, the bus, and the console's own log."""

import asyncio
from typing import Any

from console.gateway import Gateway
from console.model import ServiceUnavailable


async def of_all(gateway: Gateway, patience: float, own_name: str) -> dict[str, dict[str, Any]]:
    """Ask every other service's /readyz; gives by name whether it is ready, its bus, and what it says otherwise."""
    names = sorted(name for name in gateway.services if name != own_name)
    answers = await asyncio.gather(*(_of(gateway, name, patience) for name in names))
    return dict(zip(names, answers, strict=True))


async def _of(gateway: Gateway, service: str, patience: float) -> dict[str, Any]:
    try:
        answer = await gateway.ask(service, "/readyz", patience)
    except ServiceUnavailable:
        return {"ready": False, "reason": "no answer"}
    try:
        told = answer.json()
    except ValueError:
        return {"ready": False, "reason": "an answer that is not JSON"}
    return {"ready": answer.is_success, "bus": told.get("bus", "unknown")} | (
        {} if answer.is_success else {"reason": told}
    )
