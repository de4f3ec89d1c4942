"""Who is first responder, and what that duty means (首问负责)."""

from dataclasses import dataclass

from regulations.provisions import Because, Decision, Provision
from regulations.topics.complaints import FirstResponder, FirstResponderChannels
from service_desk.model.cases import Channel
from service_desk.model.refusals import TransferRefused


@dataclass(frozen=True, slots=True)
class Candidates:
    """The organisations that may come into question for one call; None where there is none of that sort."""

    receiving: str
    own: str
    named: str | None = None
    customer_unit: str | None = None
    customer_city: str | None = None


def first_responder(
    channels: Provision[FirstResponderChannels],
    duty: Provision[FirstResponder],
    channel: Channel,
    candidates: Candidates,
) -> Decision[str]:
    """Give the org_id of the first responder, fixed for good at intake (hubei art. 30(1))."""
    rule = channels.value.by_channel[channel.value]
    if candidates.customer_city is not None:
        known = {
            "city-above-responsible-unit": candidates.customer_city,
            "receiving-unit": candidates.receiving,
        }
        chosen = known[rule.known]
    else:
        unknown = {
            "city-named": candidates.named,
            "own-unit": candidates.own,
            "receiving-unit": candidates.receiving,
        }
        chosen = next(found for way in rule.unknown if (found := unknown[way]) is not None)
    reasons = (
        channels.cite(channel=channel.value, customer_unit=candidates.customer_unit, city=candidates.named),
        duty.cite(first_responder=chosen),
    )
    return Decision(chosen, Because.of(*reasons))


def sideways(duty: Provision[FirstResponder], first_responder: str, name: str, to: str) -> TransferRefused:
    """Give the refusal of passing a case on sideways, with the article."""
    because = Because.of(duty.cite(first_responder=first_responder, to=to))
    return TransferRefused.of(name, because.to_json())
