"""What may be asked of scoring."""

from dataclasses import dataclass

from scoring.model.periods import Quarter


@dataclass(frozen=True, slots=True)
class PublishScores:
    """Circulate the scores of a quarter."""

    quarter: Quarter
