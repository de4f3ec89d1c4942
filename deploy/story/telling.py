"""What the story says, and whether it was true: every claim is a line with a tick or a cross."""

import sys
import time
from dataclasses import dataclass, field


class StoryBroken(Exception):
    """Something that all that follows rests on did not happen."""


@dataclass
class Teller:
    """Tells in both languages and keeps count."""

    checked: int = 0
    false: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def chapter(self, zh: str, en: str) -> None:
        """Begin a part of the day."""
        print(f"\n[{time.monotonic() - self.began:5.1f} s] {zh} · {en}", flush=True)

    def say(self, zh: str, en: str) -> None:
        """Tell what is done."""
        print(f"    {zh}\n    {en}", flush=True)

    def claim(self, true: bool, zh: str, en: str, evidence: object = None) -> bool:
        """Tell what is so, and whether it is; the evidence is shown where it is not."""
        self.checked += 1
        print(f"  {'✔' if true else '✘'} {zh}\n    {en}", flush=True)
        if not true:
            self.false.append(f"{zh} · {en}")
            print(f"    {evidence!r}"[:2_000], flush=True)
        return true

    def need(self, true: bool, zh: str, en: str, evidence: object = None) -> None:
        """Claim what the rest of the story rests on; raises StoryBroken where it is not so."""
        if not self.claim(true, zh, en, evidence):
            raise StoryBroken(en)

    def end(self) -> int:
        """Sum up; gives the exit code."""
        seconds = time.monotonic() - self.began
        if self.false:
            print(f"\n✘ {len(self.false)} / {self.checked} 不成立 · not true:", file=sys.stderr)
            for line in self.false:
                print(f"  {line}", file=sys.stderr)
            return 1
        print(
            f"\n✔ 一天讲完,{self.checked} 处核对全部成立 · the day is told, all {self.checked} claims hold "
            f"({seconds:.0f} s)"
        )
        return 0
