"""Progress in plain text: one line that is rewritten on a terminal, a line at every fifth elsewhere."""

import sys
from typing import TextIO

WIDTH = 24
STEPS_WITHOUT_TERMINAL = 5


class Progress:
    def __init__(self, label: str, total: int, out: TextIO = sys.stderr) -> None:
        self._label, self._total, self._out = label, total, out
        self._done = 0
        self._live = out.isatty()

    def step(self, count: int = 1) -> None:
        before, self._done = self._done, self._done + count
        if self._live:
            self._draw()
        elif self._fifths(before) < self._fifths(self._done):
            print(f"{self._label}: {self._done}/{self._total}", file=self._out, flush=True)

    def close(self) -> None:
        if self._live:
            print(file=self._out, flush=True)

    def _fifths(self, done: int) -> int:
        return STEPS_WITHOUT_TERMINAL * done // self._total

    def _draw(self) -> None:
        filled = WIDTH * self._done // self._total
        bar = "#" * filled + "." * (WIDTH - filled)
        print(f"\r{self._label} [{bar}] {self._done}/{self._total}", end="", file=self._out, flush=True)
