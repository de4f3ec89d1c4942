"""The process of a service that ends, stands still or is cancelled at a named point; serves otherwise."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import uvicorn

from chassis import points

POINT = "KEYPOST_TEST_DIE_AT"
STANDSTILL = "KEYPOST_TEST_STAND_STILL_AT"
CANCELLATION = "KEYPOST_TEST_CANCEL_AT"
EXIT_CODE = 70


def known(name: str) -> None:
    """What happens at every point where tests run: one that is not in the list fails."""
    if name not in points.POINTS:
        raise LookupError(f"{name} is no point of chassis.points.POINTS")


def die(at: str) -> None:
    """End this process without a word when it comes to the point."""

    def reached(name: str) -> None:
        known(name)
        if name == at:
            os._exit(EXIT_CODE)

    points.replace(reached)


def stand_still(at: str) -> None:
    """Stop this process, with all it holds, when it first comes to the point; SIGCONT lets it go on from there."""
    come: list[str] = []

    def reached(name: str) -> None:
        known(name)
        if name == at and not come:
            come.append(name)
            os.kill(os.getpid(), signal.SIGSTOP)

    points.replace(reached)


def cancel(at: str) -> None:
    """Cancel the task that first comes to the point, as a library may that it waits for."""
    come: list[str] = []

    def reached(name: str) -> None:
        known(name)
        task = asyncio.current_task()
        if name == at and not come and task is not None:
            come.append(name)
            task.cancel()

    points.replace(reached)


def arm(environment: os._Environ[str], variable: str, how: Callable[[str], None]) -> None:
    """Do as this process's environment says."""
    at = environment.get(variable)
    if at is not None:
        known(at)
        how(at)


if __name__ == "__main__":
    arm(os.environ, POINT, die)
    arm(os.environ, STANDSTILL, stand_still)
    arm(os.environ, CANCELLATION, cancel)
    sys.argv[0] = "uvicorn"
    uvicorn.main()
