"""A service that dies just as it is reached is unavailable, and no fault of the gateway."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvloop

from console.gateway import Gateway, Limits
from console.model import ServiceUnavailable

AT_ONCE = struct.pack("ii", 1, 0)
"""Closed so, a connection is reset and not ended."""
TIMES = 400


@contextmanager
def dying() -> Iterator[str]:
    """Give the address of somebody who takes every connection and resets it in the same instant."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            for _ in range(TIMES):
                taken, _peer = server.accept()
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                taken.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=10)


def test_every_request_to_a_service_that_dies_at_that_instant_is_answered_unavailable() -> None:
    async def ask(url: str) -> None:
        gateway = Gateway({"pricing": url}, Limits(whole=1000, connections=4, connect=2, answer=2, idle=2))
        for _ in range(TIMES):
            with pytest.raises(ServiceUnavailable):
                await gateway.ask("pricing", "/healthz", 2)

    with dying() as url:
        uvloop.run(ask(url))
