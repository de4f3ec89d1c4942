"""First responder by channel (hubei art. 30(1); platform convention)."""

import pytest

from regulations.topics.complaints import FirstResponder, FirstResponderChannels
from service_desk.model.cases import Channel
from service_desk.model.refusals import TransferRefused
from service_desk.policies.routing import Candidates, first_responder, sideways
from support.law import in_wuhan

REMOTE = [Channel.HOTLINE, Channel.WEBSITE, Channel.REGULATOR]
ON_SITE = [Channel.COUNTER, Channel.MAIL, Channel.VISIT]


def responder(channel: Channel, **candidates: str) -> str:
    given = Candidates(**{"receiving": "420506", "own": "420500", **candidates})
    return first_responder(in_wuhan(FirstResponderChannels), in_wuhan(FirstResponder), channel, given).outcome


@pytest.mark.parametrize("channel", REMOTE)
def test_a_known_customers_call_goes_to_the_center_above_its_unit(channel: Channel) -> None:
    assert responder(channel, customer_unit="420106", customer_city="420100", named="420500") == "420100"


@pytest.mark.parametrize("channel", REMOTE)
def test_an_unknown_callers_goes_to_the_city_named_else_to_the_desks_own(channel: Channel) -> None:
    assert responder(channel, named="420100") == "420100"
    assert responder(channel) == "420500"


@pytest.mark.parametrize("channel", ON_SITE)
def test_what_comes_over_the_counter_stays_with_the_unit_that_receives_it(channel: Channel) -> None:
    assert responder(channel, customer_unit="420106", customer_city="420100", named="420100") == "420506"
    assert responder(channel, named="420100") == "420506"


def test_the_reason_cites_the_channel_rule_and_the_duty() -> None:
    decision = first_responder(
        in_wuhan(FirstResponderChannels),
        in_wuhan(FirstResponder),
        Channel.COUNTER,
        Candidates("420506", "420500"),
    )
    assert [reason.article for reason in decision.because.reasons] == ["平台约定", "30(1)"]
    assert decision.because.reasons[1].inputs == {"first_responder": "420506"}


def test_the_refusal_of_a_transfer_cites_article_30_1() -> None:
    refusal = sideways(in_wuhan(FirstResponder), "420100", "武汉市", "420500")
    assert isinstance(refusal, TransferRefused)
    assert refusal.because is not None
    assert refusal.because["reasons"][0]["article"] == "30(1)"
    assert "武汉市" in refusal.zh and "30(1)" in refusal.because["text"]["en"]


def test_platform_is_where_the_channels_are() -> None:
    assert in_wuhan(FirstResponderChannels).rule == "platform.first-responder-channels"
