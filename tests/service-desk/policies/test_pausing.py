"""Until when a pause lasts: as asked for, within what the pack leaves, and later than it begins."""

from datetime import datetime, timedelta

import pytest

from service_desk.model.handling import PauseOver
from service_desk.policies.pausing import last_instant

NOW = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
LEFT = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, NOW + LEFT),
        (NOW + SECOND, NOW + SECOND),
        (NOW + LEFT, NOW + LEFT),
        (NOW + LEFT + SECOND, NOW + LEFT),
    ],
)
def test_a_pause_lasts_as_asked_for_within_what_is_left(until: datetime | None, expected: datetime) -> None:
    assert last_instant(NOW, until, LEFT) == expected


@pytest.mark.parametrize("until", [NOW, NOW - SECOND, NOW - LEFT])
def test_a_pause_that_ends_as_it_begins_is_none(until: datetime) -> None:
    with pytest.raises(PauseOver) as refused:
        last_instant(NOW, until, LEFT)
    assert refused.value.pointer == "/until"
