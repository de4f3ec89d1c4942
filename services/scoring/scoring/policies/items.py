"""What every item of the score has in common: its law, whole steps, bounds, and how it explains itself."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from regulations.provisions import Because, Decision, Provision, Reason
from regulations.reading import plain
from regulations.topics.scores import BureauScore, BureauScoreReading, PerStep, ScoreItem
from scoring.model.sheets import Judged, plain_number

NO_MONTH = ("本季度尚无月份结束", "no month of the quarter is over")


class PackLacks(LookupError):
    """The pack in force has an item without the step or the target that the item is judged by."""


@dataclass(frozen=True, slots=True)
class ItemLaw:
    """An item of the score with the provision it stands in, and how that is read where it is silent."""

    score: Provision[BureauScore]
    reading: Provision[BureauScoreReading]
    item: ScoreItem

    def step(self, of: str) -> PerStep:
        """Give the step of a kind; raises PackLacks."""
        for step in self.item.steps:
            if step.of == of:
                return step
        raise self._lacks(f"step {of}")

    @property
    def target_growth(self) -> Decimal:
        """The growth that earns the base; raises PackLacks."""
        if self.item.target_growth is None:
            raise self._lacks("target of growth")
        return self.item.target_growth

    @property
    def target_count(self) -> int:
        """The number that earns the base; raises PackLacks."""
        if self.item.target_count is None:
            raise self._lacks("target number")
        return self.item.target_count

    def whole_steps(self, distance: Fraction, per: PerStep) -> int:
        """Give how many whole steps lie in a distance, towards nought: only whole ones count; raises PackLacks."""
        if per.step is None:
            raise self._lacks(f"width of the step {per.of}")
        return math.trunc(distance / Fraction(per.step))

    def bounded(self, points: Decimal) -> Decimal:
        """Give points inside the item's bounds."""
        return max(self.item.at_least, min(self.item.at_most, points))

    def cite(self, **inputs: object) -> Reason:
        """Give the item, not the whole score, as a reason."""
        given = {name: plain(value) for name, value in inputs.items()}
        return replace(self.score.cite(), inputs=given, value=plain(self.item))

    def _lacks(self, what: str) -> PackLacks:
        return PackLacks(f"{self.score.rule}: {self.item.code} has no {what}")


def deducted(law: ItemLaw, of: str, times: int) -> Decimal:
    """Give the base less what each time costs, inside the bounds."""
    return law.bounded(law.item.base + times * law.step(of).points)


def not_assessed(
    law: ItemLaw, words: tuple[str, str], figures: dict[str, object], *reasons: Reason
) -> Decision[Judged]:
    """Give an item that nothing was there to judge by: no points, and no base in what was assessed."""
    judged = Judged(Decimal(), assessed=False, figures=plain_figures(figures))
    zh, en = words
    because = Because.of(
        law.cite(**figures), law.reading.cite(), *reasons, zh=f"{zh}，本项不考核", en=f"{en}: not assessed"
    )
    return Decision(judged, because)


def decided(law: ItemLaw, judged: Judged, zh: str, en: str, *reasons: Reason) -> Decision[Judged]:
    """Give an item's points with its sentence, its citation and further reasons."""
    points = plain_number(judged.points)
    because = Because.of(
        law.cite(**judged.figures),
        *reasons,
        zh=f"{zh}，得{points}分",
        en=f"{en}: {points} points",
    )
    return Decision(judged, because)


def plain_figures(figures: dict[str, object]) -> dict[str, object]:
    """Give figures as JSON."""
    return {name: plain(value) for name, value in figures.items()}
