"""Who should develop which demand (hubei, art. 12; jiangxi, part 2)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from registry.model.development import DevelopmentCase
from registry.model.organisations import Kind
from registry.ports.tree import Lawbook
from regulations.provisions import Because, Decision, Provision
from regulations.rulebook import NoLaw
from regulations.topics.registration import DemandKind, DemandRouting
from regulations.topics.selling import OneToOne

DEMANDS: tuple[DemandKind, ...] = get_args(DemandKind)
CENTERS = (Kind.NATIONAL, Kind.PROVINCE, Kind.CITY)


@dataclass(frozen=True)
class Route:
    """Who should develop a demand; `fits`: the unit that works on it is of that sort."""

    demand: DemandKind
    to: Literal["center", "team"]
    fits: bool


def route(case: DevelopmentCase, law: Lawbook, kind: Kind, day: date) -> Decision[Route]:
    """Suggest who develops the demand of a case: the center itself, or the county or area team."""
    demand = next(one for one in DEMANDS if one == case.demand)
    routing = law.find(DemandRouting, org_id=case.org_id, day=day)
    return routed(demand, kind, routing, _one_to_one(case.org_id, law, day))


def routed(
    demand: DemandKind, kind: Kind, routing: Provision[DemandRouting], alone: Provision[OneToOne] | None
) -> Decision[Route]:
    """Suggest who develops a kind of demand, and say whether a unit of this kind is that."""
    to = routing.value.by_kind[demand]
    zh, en = (
        ("综合需求，建议由大客户中心直接开发管理", "integrated demand: for the key-account center itself")
        if to == "center"
        else (
            "专业特征明显或量小、单一，建议由县市或片区团队开发",
            "single-line, small or single-service demand: for the county or area team",
        )
    )
    cited = [routing.cite(demand=demand), *([alone.cite(demand=demand)] if alone else [])]
    return Decision(
        Route(demand, to, (kind in CENTERS) == (to == "center")), Because.of(*cited, zh=zh, en=en)
    )


def _one_to_one(org_id: str, law: Lawbook, day: date) -> Provision[OneToOne] | None:
    try:
        return law.find(OneToOne, org_id=org_id, day=day)
    except NoLaw:
        return None
