"""The clocks of hubei art. 21 and 30(2), read from the pack that is in force."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from regulations.calendars import Duration, due
from regulations.loading import PublishedWording
from regulations.topics.compensation import CompensationClocks, CompensationLimit, CompensationStart, VipFlag
from regulations.topics.complaints import ComplaintClocks
from service_desk.model.cases import Channel
from service_desk.policies import clocks
from support.law import ADOPTED, LAW, in_wuhan

RECEIVED = datetime.fromisoformat("2026-11-20T15:30:00+08:00")


def test_a_complaint_of_20_november_is_answered_by_the_end_of_22_and_resolved_by_the_end_of_27() -> None:
    running = clocks.complaint_clocks(in_wuhan(ComplaintClocks), service_class=2, vip=False)
    assert {clock.kind: due(RECEIVED, clock.within).due_on for clock in running} == {
        "complaint-answer": date(2026, 11, 22),
        "complaint-resolve": date(2026, 11, 27),
    }


ONE_DAY = {"days": 1, "basis": "calendar"}
FOUR_DAYS = {"days": 4, "basis": "working"}
TOLD_APART = PublishedWording(
    pack="hubei",
    topic="complaint-clocks",
    in_force=date(2026, 6, 1),
    recorded=datetime.fromisoformat("2026-05-01T09:00:00+08:00"),
    act="hubei",
    article="30(2)",
    assumption=True,
    value={
        "answer": {"days": 2, "basis": "calendar"},
        "resolve": {"days": 7, "basis": "calendar"},
        "by_class": {"1": {"answer": ONE_DAY, "resolve": FOUR_DAYS}},
        "by_channel": {"regulator": {"answer": ONE_DAY, "resolve": ONE_DAY}},
    },
)


@pytest.mark.parametrize(
    ("service_class", "channel", "answer", "resolve"),
    [
        (1, Channel.HOTLINE, Duration(days=1), Duration(days=4, basis="working")),
        (1, Channel.REGULATOR, Duration(days=1), Duration(days=4, basis="working")),
        (2, Channel.REGULATOR, Duration(days=1), Duration(days=1)),
        (None, Channel.REGULATOR, Duration(days=1), Duration(days=1)),
        (2, Channel.HOTLINE, Duration(days=2), Duration(days=7)),
        (None, Channel.HOTLINE, Duration(days=2), Duration(days=7)),
    ],
)
def test_a_pack_may_give_a_class_or_a_channel_times_of_its_own(
    service_class: int | None, channel: Channel, answer: Duration, resolve: Duration
) -> None:
    law = LAW.with_wordings([TOLD_APART])
    rule = law.find(ComplaintClocks, path=["CN", "420000", "420100"], day=date(2026, 6, 1), adoptions=ADOPTED)
    running = clocks.complaint_clocks(rule, service_class=service_class, vip=False, channel=channel)
    assert [clock.within for clock in running] == [answer, resolve]
    assert running[0].reason.to_json()["inputs"]["channel"] == channel.value


@pytest.mark.parametrize(
    ("amount", "above"),
    [
        ("0.01", False),
        ("4999.99", False),
        ("5000", False),
        ("5000.00", False),
        ("5000.01", True),
        ("5001", True),
    ],
)
def test_up_to_and_including_5000_yuan_the_city_advances(amount: str, above: bool) -> None:
    assert clocks.above_limit(in_wuhan(CompensationLimit), Decimal(amount)).outcome is above


def test_the_reason_of_the_limit_never_tells_the_amount() -> None:
    because = clocks.above_limit(in_wuhan(CompensationLimit), Decimal("6789.01")).because
    assert "6789" not in str(because.to_json())


def test_a_vip_claim_is_handled_in_2_days_paid_in_7_and_above_the_limit_reported_in_3() -> None:
    running = clocks.compensation_clocks(
        in_wuhan(CompensationClocks), in_wuhan(CompensationStart), vip=True, above=True
    )
    assert {clock.kind: due(RECEIVED, clock.within).due_on for clock in running} == {
        "compensation-handle": date(2026, 11, 22),
        "compensation-pay": date(2026, 11, 27),
        "compensation-report": date(2026, 11, 23),
    }


def test_a_claim_within_the_limit_is_not_reported() -> None:
    running = clocks.compensation_clocks(
        in_wuhan(CompensationClocks), in_wuhan(CompensationStart), vip=True, above=False
    )
    assert [clock.kind for clock in running] == ["compensation-handle", "compensation-pay"]


@pytest.mark.parametrize(
    ("vip", "service_class", "outcome"),
    [(False, None, False), (False, 2, False), (False, 1, True), (True, None, True), (True, 4, True)],
)
def test_class_1_always_has_the_vip_channel_others_by_the_centers_flag(
    vip: bool, service_class: int | None, outcome: bool
) -> None:
    assert clocks.is_vip(in_wuhan(VipFlag), vip=vip, service_class=service_class).outcome is outcome
