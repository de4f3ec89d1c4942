"""What a customer mails in a month: revenue, pieces and weight by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zlib import crc32

from deploy.seed.fates import Fate
from deploy.seed.months import MONTHS_A_YEAR
from deploy.seed.seasons import Seasons

# Of several lines the first is the main one.
LINE_SHARES = {1: (1.0,), 2: (0.68, 0.32), 3: (0.55, 0.3, 0.15)}
NOISE = 0.12
CENT, GRAM = Decimal("0.01"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Used:
    """One row of a month: revenue in yuan, pieces, kilograms."""

    line: str
    revenue: Decimal
    pieces: int
    weight_kg: Decimal


@dataclass(frozen=True, slots=True)
class Demand:
    """The business of a customer; small enough to keep for a million of them."""

    index: int
    industry: str
    lines: tuple[str, ...]
    yearly_fees: float
    fate: Fate

    def used(self, offset: int, month: str, seasons: Seasons) -> Iterator[Used]:
        """What was used in the month with this offset; nothing before the start and in a stop."""
        left = self.fate.factor(offset)
        if offset < self.fate.start or not left:
            return
        grown = (1.0 + self.fate.growth) ** ((offset - self.fate.start) / MONTHS_A_YEAR)
        usual = self.yearly_fees * self.fate.scale / MONTHS_A_YEAR * grown * left
        for line, share in zip(self.lines, LINE_SHARES[len(self.lines)], strict=True):
            revenue = usual * share * seasons.factor(line, self.industry, month) * self._noise(line, month)
            piece = seasons.pieces[line]
            count = max(1, round(revenue / piece.price))
            weight = count * piece.weight * self._noise(month, line)
            yuan = Decimal(round(max(revenue, 1.0) * 100)) * CENT
            yield Used(line, yuan, count, Decimal(round(weight * 1000)) * GRAM)

    def _noise(self, *what: str) -> float:
        """A factor near 1 that these words always give; quicker than a generator of its own for each row."""
        drawn = crc32(f"{self.index}:{':'.join(what)}".encode()) / 0xFFFFFFFF
        return 1.0 + NOISE * (drawn - 0.5)
