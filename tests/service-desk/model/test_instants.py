"""Instants in sentences: by the clock of Shanghai, to the smallest unit that says anything."""

from datetime import datetime

import pytest

from service_desk.model.instants import instant_en, instant_zh


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        ("2027-01-04T16:00:00+00:00", "1月5日0时", "00:00 on 5 January 2027"),
        ("2027-01-04T15:59:59+00:00", "1月4日23时59分59秒", "23:59:59 on 4 January 2027"),
        ("2026-03-02T08:30:00+08:00", "3月2日8时30分", "08:30 on 2 March 2026"),
        ("2026-03-02T08:00:05+08:00", "3月2日8时0分5秒", "08:00:05 on 2 March 2026"),
    ],
)
def test_an_instant_is_said_as_it_is_in_shanghai(at: str, zh: str, en: str) -> None:
    instant = datetime.fromisoformat(at)
    assert (instant_zh(instant), instant_en(instant)) == (zh, en)
