"""Looks at running processes from outside: ports and addresses of this machine, no proxy between."""

import socket
import time
from collections.abc import Callable
from urllib.request import ProxyHandler, build_opener

NO_PROXY = build_opener(ProxyHandler({}))


def wait_until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition; raises TimeoutError that names what did not come."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Tell whether an address answers 200."""
    try:
        with NO_PROXY.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def listens(port: int) -> bool:
    """Tell whether something takes connections on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True
