"""Which center rules on a dispute, until when, by which rule, and what an award must be (platform: disputes)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts.refusals import MakerIsChecker
from registry.model.disputes import WHOLE, Award, Dispute, DisputeKind
from registry.model.organisations import Kind
from registry.model.refusals import (
    AppealOver,
    EvidenceRunning,
    NoneAbove,
    NoParty,
    NothingInDispute,
    WrongAward,
)
from regulations.calendars import TICK, due
from regulations.provisions import Provision, Topic
from regulations.topics import claims
from regulations.topics.registration import DemandRouting

CENTERS = frozenset({Kind.CITY, Kind.PROVINCE, Kind.NATIONAL})
TOPICS: Mapping[DisputeKind, type[Topic]] = {
    DisputeKind.TERRITORY: claims.Territory,
    DisputeKind.TERRITORY_RULING: claims.TerritoryRuling,
    DisputeKind.CROSS_TERRITORY: claims.CrossTerritory,
    DisputeKind.DEMAND_ROUTING: DemandRouting,
    DisputeKind.INFORMATION_PRIORITY: claims.InformationPriority,
    DisputeKind.REGISTRATION_EVIDENCE: claims.RegistrationEvidence,
}
# By what an overlap is judged where nobody names it: the first that is law where it is ruled on.
OVERLAP = (DisputeKind.REGISTRATION_EVIDENCE, DisputeKind.INFORMATION_PRIORITY, DisputeKind.TERRITORY)
KindOf = Callable[[str], Kind]


def ruling_node(paths: Sequence[str], kind_of: KindOf) -> str:
    """Give the nearest city, province or nation strictly above all of the parties; raises NoneAbove."""
    above = [path.split(".")[:-1] for path in paths]
    shared = [labels[0] for labels in zip(*above, strict=False) if len(set(labels)) == 1]
    # Labels stand for whole nodes, so two paths are the same down to where they first differ.
    return _nearest(shared, kind_of)


def one_above(path: str, kind_of: KindOf) -> str:
    """Give the nearest city, province or nation above a node; raises NoneAbove."""
    return _nearest(path.split(".")[:-1], kind_of)


def _nearest(nodes: Sequence[str], kind_of: KindOf) -> str:
    found = next((node for node in reversed(nodes) if kind_of(node) in CENTERS), None)
    if found is None:
        raise NoneAbove("上面没有可以裁决的中心", "no center stands above")
    return found


def party_of(asker_path: str, paths: Mapping[str, str]) -> str:
    """Give the one party that somebody of a unit stands for: the unit itself, or the only one below it."""
    below = [
        party for party, path in paths.items() if path == asker_path or path.startswith(f"{asker_path}.")
    ]
    if len(below) != 1:
        raise NoParty("由当事单位办理", "a party's own people do this")
    return below[0]


@dataclass(frozen=True)
class Terms:
    """The ends of the periods of a dispute, each the first instant that is too late."""

    evidence: datetime
    ruling_from: datetime
    ruling: datetime


def terms(opened_at: datetime, law: Provision[claims.Dispute]) -> Terms:
    """Give the end of the evidence, and that of the ruling, whose days begin when the evidence's are over."""
    evidence = due(opened_at, law.value.evidence).due_at
    return Terms(evidence, evidence - TICK, due(evidence - TICK, law.value.ruling).due_at)


def must_be_heard(dispute: Dispute, filed_by: set[str], now: datetime) -> None:
    """Refuse a ruling while a party may still file its evidence and has filed none."""
    silent = [party for party in dispute.parties if party not in filed_by]
    if now < dispute.evidence_until and silent:
        raise EvidenceRunning(
            "举证期未满，且有当事单位尚未举证",
            "the time for evidence runs, and not every party has filed any",
            extra={"evidence_until": dispute.evidence_until.isoformat(), "silent": silent},
        )


def must_not_be_own(asker: UUID, org_id: str, dispute: Dispute, hands: frozenset[UUID]) -> None:
    """Refuse as judge whoever opened it, declared or called for a party, filed, manages the customer, or belongs to one."""
    if asker in hands or org_id in dispute.parties:
        raise MakerIsChecker.of()


def must_be_appealable(dispute: Dispute, now: datetime) -> None:
    """Refuse an appeal that comes after its last day."""
    if dispute.due_at is not None and now >= dispute.due_at:
        raise AppealOver("上诉期已过", "the time for an appeal is over")


def check_award(award: Award, dispute: Dispute) -> None:
    """Refuse an award to others than parties, parts that are none, and a sum that is not exactly one."""
    names = [one.org_id for one in award.shares]
    for place, one in enumerate(award.shares):
        if one.org_id not in dispute.parties:
            raise WrongAward(
                f"{one.org_id} 不是当事单位", f"{one.org_id} is no party", pointer=f"/award/{place}/org_id"
            )
        if not Decimal(0) < one.share <= WHOLE:
            raise WrongAward(
                "份额应大于 0、不超过 1", "a share is above 0, at most 1", pointer=f"/award/{place}/share"
            )
    if len(set(names)) != len(names):
        raise WrongAward("同一单位出现两次", "a party stands twice", pointer="/award")
    if sum((one.share for one in award.shares), Decimal(0)) != WHOLE:
        raise WrongAward("份额之和应等于 1", "the shares come to exactly one", pointer="/award")
    if award.lead not in names:
        raise WrongAward("主办单位应在分配之列", "the lead has a share", pointer="/lead")


@dataclass(frozen=True)
class Case:
    """What is to be judged under a rule: the lines, the places of signing and business, the kinds of the parties' nodes."""

    lines: Sequence[str]
    signed_in: str | None
    arises_in: str | None
    kinds: frozenset[Kind]


def check_case(kind: DisputeKind, case: Case, law: Provision[Topic]) -> None:
    """Refuse a dispute under a rule that has nothing to rule on in it."""
    if kind is DisputeKind.TERRITORY_RULING:
        _check_places(case)
    if kind is DisputeKind.DEMAND_ROUTING and not (case.kinds & CENTERS and case.kinds - CENTERS):
        raise NothingInDispute(
            "需求归口之争的双方，一方是中心，一方是县市或片区团队",
            "demand is routed between a center and a county or area team",
            pointer="/kind",
        )
    if isinstance(law.value, claims.CrossTerritory):
        excepted = {one.code for one in law.value.except_lines}
        if set(case.lines) <= excepted:
            raise NothingInDispute(
                "这些业务可以跨地区经营", "these lines may be done outside one's area", pointer="/lines"
            )


def _check_places(case: Case) -> None:
    if case.signed_in is None or case.arises_in is None:
        raise NothingInDispute(
            "请写明签约地和业务产生地",
            "name the place of signing and the place where business arises",
            pointer="/signed_in" if case.signed_in is None else "/arises_in",
        )
    if case.signed_in == case.arises_in:
        raise NothingInDispute(
            "业务产生地就是签约地，按签约地归属，无须裁决",
            "business arises where it was signed: the place of signing decides, there is nothing to rule on",
            pointer="/arises_in",
        )
