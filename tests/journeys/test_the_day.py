"""The story of one day, and a story that would not hold."""

import time

import pytest

from deploy.instance import Instance
from deploy.story.figures import tells
from deploy.story.play import Stage, play
from deploy.story.telling import Teller
from deploy.verify.everything import verify


async def test_the_whole_day_holds_and_leaves_every_log_in_order(services: Instance) -> None:
    assert await play(Stage.of(services.layout), str(time.time_ns())) == 0
    verified = await verify(services, 300)
    assert verified.settled
    assert [finding for outcome in verified.outcomes for finding in outcome.findings] == []


async def test_the_clock_is_back_where_it_was_after_the_day(services: Instance) -> None:
    assert not services.layout.clock.exists() or '"offset_seconds": 0.0' in services.layout.clock.read_text()


def test_one_false_claim_makes_the_story_fail() -> None:
    tell = Teller()
    tell.claim(True, "真", "true")
    tell.claim(False, "假", "false")
    assert tell.end() == 1


def test_a_story_of_true_claims_ends_well() -> None:
    tell = Teller()
    tell.claim(True, "真", "true")
    assert tell.end() == 0


TOLD = {
    "id": "00003700-0037-7037-8037-370000000037",
    "step": {"at": "2026-11-27T00:01:00.370000+08:00"},
    "late": ["0.0370", 37, 0.036, None, True],
}


def test_a_figure_in_an_id_or_a_time_is_not_told() -> None:
    assert not tells(TOLD, "0.37") and not tells(TOLD, "0037-")


@pytest.mark.parametrize("leak", ["0.37", 0.37, "优惠0.37", {"deep": [["0.370"]]}])
def test_a_figure_anywhere_else_is_told(leak: object) -> None:
    assert tells({**TOLD, "leak": leak}, "0.37")
