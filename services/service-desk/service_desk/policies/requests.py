"""What a customer may ask of the VIP channel, and when unusual transport is allowed (hubei art. 21, 30(2), 30(5))."""

from collections.abc import Sequence

from regulations.provisions import Because, Provision
from regulations.topics.care import ImportantOccasions
from regulations.topics.compensation import Vip, VipFlag
from regulations.topics.complaints import EmergencyService
from regulations.topics.words import Named
from service_desk.model.requests import PRIORITY, NotItsSituation, NotVip, UnknownWord
from service_desk.policies import clocks


def asked_for(
    kind: str, priority: str | None, channel: Provision[Vip], service: Provision[EmergencyService]
) -> Because:
    """Explain a request by the list its kind or priority stands in; raises UnknownWord."""
    if kind == PRIORITY:
        known(priority or "", channel.value.priorities, "/priority")
        return Because.of(channel.cite(priority=priority))
    known(kind, service.value.vip_requests, "/kind")
    return Because.of(service.cite(kind=kind))


def has_channel(flag: Provision[VipFlag], *, vip: bool, service_class: int | None, needed: bool) -> bool:
    """Say whether a customer has the VIP channel; raises NotVip where it is needed and is not there."""
    decision = clocks.is_vip(flag, vip=vip, service_class=service_class)
    if needed and not decision.outcome:
        raise NotVip.of(decision.because.to_json())
    return decision.outcome


def situation(service: Provision[EmergencyService], code: str, *, for_request: bool) -> Because:
    """Explain an emergency by the situation it stands in; a request of a VIP has situations of its own.

    Raises UnknownWord, and NotItsSituation where a request is missing, or is none of this situation's.
    """
    law = service.value
    because = Because.of(service.cite(situation=code))
    other = law.unusual_transport if for_request else law.vip_requests
    if code in (named.code for named in other):
        raise NotItsSituation.of(code, because.to_json(), of_request=not for_request)
    known(code, law.vip_requests if for_request else law.unusual_transport, "/situation")
    return because


def occasion(law: Provision[ImportantOccasions], code: str) -> Because:
    """Explain a contact meeting by the matter that calls for it; raises UnknownWord."""
    known(code, law.value.meetings, "/occasion")
    return Because.of(law.cite(occasion=code))


def known(code: str, among: Sequence[Named], pointer: str) -> None:
    """Raise UnknownWord where a code is none of those listed."""
    codes = [named.code for named in among]
    if code not in codes:
        raise UnknownWord.of(code, codes, pointer)
