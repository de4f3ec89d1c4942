"""Service requests, emergencies and contact meetings: load, decide, save and announce."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.clock import SHANGHAI
from chassis.deadlines import CENTER_KINDS
from chassis.directory import Snapshot
from chassis.ids import uuid7
from contracts.refusals import InvalidValue, UnknownCustomer
from regulations.provisions import Because
from regulations.topics.care import ImportantOccasions
from regulations.topics.compensation import Vip, VipFlag
from regulations.topics.complaints import CaseNumberFormat, EmergencyService
from service_desk.commands import DeclareEmergency, HoldMeeting, Official, OpenRequest
from service_desk.handlers.intake import receipt_time
from service_desk.model.requests import (
    PRIORITY,
    Asker,
    NotTheirRequest,
    RequestMove,
    RequestState,
    ServiceRequest,
)
from service_desk.policies import requests
from service_desk.policies.compensations import holds
from service_desk.policies.handling import CENTER_ROLES, UNIT_ROLES
from service_desk.policies.numbering import case_number
from service_desk.ports.desk import Numbers
from service_desk.ports.requests import Requests


@dataclass(frozen=True, slots=True)
class RequestAsked:
    """The request meant, as the person last saw it, who the person is, and when."""

    reference: str
    version: int
    official: Official
    now: datetime


async def open_request(
    command: OpenRequest, now: datetime, rows: Requests, numbers: Numbers, law: Snapshot
) -> ServiceRequest:
    """Put a request on record with the unit that serves the customer; raises UnknownCustomer, UnknownWord, NotVip."""
    received_at = receipt_time(command.intake, now)
    if command.wanted_by is not None and command.wanted_by < received_at:
        raise InvalidValue(
            "要求完成时间早于提出时间", "It is wanted before it was asked for", pointer="/wanted_by"
        )
    caller, day = command.intake.caller, received_at.date()
    asker = await rows.asker(str(caller.customer_id or caller.customer_code))
    if asker is None:
        field = "customer_id" if caller.customer_id else "customer_code"
        raise UnknownCustomer.of(str(caller.customer_id or caller.customer_code), f"/caller/{field}")
    channel = law.find(Vip, org_id=asker.org_id, day=day)
    service = law.find(EmergencyService, org_id=asker.org_id, day=day)
    flag = law.find(VipFlag, org_id=asker.org_id, day=day)
    because = requests.asked_for(command.kind, command.priority, channel, service)
    vip = requests.has_channel(
        flag, vip=asker.vip, service_class=asker.service_class, needed=command.kind == PRIORITY
    )
    form = law.find(CaseNumberFormat, org_id=asker.org_id, day=now.date()).value
    request = ServiceRequest(
        id=uuid7(),
        case_no=case_number(form, now.date(), await numbers.next(now.date())),
        state=RequestState.OPEN,
        version=1,
        kind=command.kind,
        priority=command.priority if command.kind == PRIORITY else None,
        channel=command.intake.channel,
        subject=str(asker.customer_id),
        org_id=asker.org_id,
        orgpath=asker.orgpath,
        customer_id=asker.customer_id,
        service_class=asker.service_class,
        vip=vip,
        desk_org_id=command.intake.desk_org_id,
        received_at=received_at,
        wanted_by=command.wanted_by,
        mail_no=command.mail_no,
    )
    reasons = (*because.reasons, flag.cite(vip=asker.vip, service_class=asker.service_class))
    await rows.open(request, caller, command.content, Because.of(*reasons))
    return request


async def move_request(
    move: RequestMove, text: str, asked: RequestAsked, rows: Requests, law: Snapshot
) -> None:
    """Accept, finish or decline a request; raises NotTheirRequest and RequestOutOfTurn."""
    request = await rows.get(asked.reference, asked.version)
    city = law.city_above(request.org_id)
    theirs = holds(asked.official, request.org_id, CENTER_ROLES | UNIT_ROLES)
    above = city is not None and holds(asked.official, city.org_id, CENTER_ROLES)
    if not theirs and not above:
        raise NotTheirRequest.of(law.organisation(request.org_id).name)
    after = replace(request, state=request.after(move), version=request.version + 1)
    await rows.move(move, after, text)


async def declare_emergency(
    command: DeclareEmergency, official: Official, now: datetime, rows: Requests, law: Snapshot
) -> UUID:
    """Declare an emergency of one's own center, for as long as it says; a VIP's request has it by its own situation."""
    if law.organisation(official.org_id).kind not in CENTER_KINDS:
        raise NotTheirRequest.of(law.organisation(official.org_id).name)
    if command.until_at <= command.from_at:
        raise InvalidValue("结束应晚于开始", "It ends after it begins", pointer="/until")
    service = law.find(EmergencyService, org_id=official.org_id, day=_day(now))
    because = requests.situation(service, command.situation, for_request=command.service_request is not None)
    request = None
    if command.service_request is not None:
        request = await rows.find(command.service_request)
        if request is None or not request.vip or request.kind != command.situation:
            raise InvalidValue(
                f"没有VIP客户的此类服务要求{command.service_request}。",
                f"There is no such request of a VIP customer, {command.service_request}.",
                pointer="/service_request",
            )
    return await rows.declare(command, official.org_id, law.path(official.org_id), request, because)


async def hold_meeting(
    command: HoldMeeting, official: Official, now: datetime, rows: Requests, law: Snapshot
) -> UUID:
    """Put a contact meeting on record; raises UnknownCustomer and UnknownWord."""
    asker = await rows.asker(command.customer)
    if asker is None:
        raise UnknownCustomer.of(command.customer)
    if command.held_on > _day(now):
        raise InvalidValue("见面会日期晚于今天", "A meeting is recorded once it was held", pointer="/held_on")
    if command.case_no is not None and not await rows.knows_case(command.case_no, asker.customer_id):
        raise InvalidValue(
            f"该客户没有案件{command.case_no}。",
            f"The customer has no case {command.case_no}.",
            pointer="/case_no",
        )
    law_of = law.find(ImportantOccasions, org_id=asker.org_id, day=command.held_on)
    return await rows.hold(command, asker, requests.occasion(law_of, command.occasion))


def may_feed_back(asker: Asker, official: Official, law: Snapshot) -> bool:
    """Say whether a post gives a customer its daily feedback: its unit's, or the center's above."""
    city = law.city_above(asker.org_id)
    above = city is not None and holds(official, city.org_id, CENTER_ROLES)
    return above or holds(official, asker.org_id, CENTER_ROLES | UNIT_ROLES)


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
