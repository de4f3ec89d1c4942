"""A bureau's score: its lines, its total, and the bytes it is sealed by."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

# How many places shares and growths are shown with; nothing is decided by what is shown.
SHOWN = Decimal("1e-4")


@dataclass(frozen=True, slots=True)
class Judged:
    """What an item came to: points, unless it was not assessed, the figures behind them and the events."""

    points: Decimal
    assessed: bool
    figures: Mapping[str, Any]
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a score. `because` as it goes out; `evidence` sorted, at most so many of `evidence_total`."""

    item: str
    zh: str
    en: str
    base: Decimal
    judged: Judged
    evidence: tuple[UUID, ...]
    because: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give the line as it is read, published and sealed."""
        return {
            "item": self.item,
            "zh": self.zh,
            "en": self.en,
            "base": plain_number(self.base),
            "points": plain_number(self.judged.points),
            "assessed": self.judged.assessed,
            "figures": dict(self.judged.figures),
            "evidence": [str(event) for event in self.evidence],
            "evidence_total": len(set(self.judged.evidence)),
            "because": dict(self.because),
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """A bureau's score of a quarter, without its rank, which depends on the others."""

    org_id: str
    period: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The points of what was assessed."""
        return sum((line.judged.points for line in self.lines if line.judged.assessed), Decimal())

    @property
    def assessed(self) -> Decimal:
        """The bases of what was assessed."""
        return sum((line.base for line in self.lines if line.judged.assessed), Decimal())

    @property
    def share(self) -> Fraction | None:
        """Total over what was assessed; None where nothing was."""
        return Fraction(self.total) / Fraction(self.assessed) if self.assessed else None

    def to_json(self) -> dict[str, Any]:
        """Give everything that follows from the events alone."""
        return {
            "org_id": self.org_id,
            "period": self.period,
            "lines": [line.to_json() for line in self.lines],
            "total": plain_number(self.total),
            "assessed": plain_number(self.assessed),
            "share": None if self.share is None else shown(self.share),
        }

    def canonical(self) -> bytes:
        """Give the bytes that a score is sealed by: the same events give the same bytes."""
        return canonical(self.to_json())


def canonical(body: object) -> bytes:
    """Give JSON with sorted keys and without blanks."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal(body: bytes) -> str:
    """Give the SHA-256 of a body, in hexadecimal."""
    return sha256(body).hexdigest()


def shown(value: Fraction) -> str:
    """Give a share as decimal text, rounded to the places that are shown."""
    return format((Decimal(value.numerator) / Decimal(value.denominator)).quantize(SHOWN), "f")


def cut_off(value: Fraction) -> Decimal:
    """Give a growth with the places that are shown, the rest cut off: what fell short never looks reached."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(SHOWN, ROUND_DOWN)


def plain_number(value: Decimal) -> str:
    """Give points as decimal text without trailing zeros: 9.5, 10, 0."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def ranks(shares: Sequence[Fraction | None]) -> list[int | None]:
    """Give each share its rank, the highest first; equal shares have one rank, and none has none."""
    known = sorted((share for share in shares if share is not None), reverse=True)
    return [None if share is None else known.index(share) + 1 for share in shares]
