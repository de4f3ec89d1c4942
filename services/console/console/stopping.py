"""Ends the endless answers when the process is told to stop; the server would wait for them otherwise."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType


def before_stopping(close: Callable[[], None]) -> None:
    """Call `close` in this loop when a stop signal comes, then go on as the server has it."""
    if threading.current_thread() is not threading.main_thread():
        return  # signals belong to the main thread; whoever runs the loop elsewhere stops it otherwise
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, lambda: loop.call_soon_threadsafe(close))


def _chain(number: signal.Signals, first: Callable[[], object]) -> None:
    previous = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        first()
        if callable(previous):
            previous(received, frame)

    signal.signal(number, handle)
