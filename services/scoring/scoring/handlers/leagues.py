"""Who is scored beside whom: the bureaus of a province, and the units that belong to each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.directory import Organisation, Snapshot
from regulations.provisions import Provision
from regulations.rulebook import NoLaw
from regulations.topics.scores import ScorePublication
from scoring.model.periods import Quarter

SCORER = "province"
UNITS = "scoring.units"


@dataclass(frozen=True, slots=True)
class League:
    """The bureaus that one organisation scores, by id, and the article that says so."""

    scorer: Organisation
    bureaus: tuple[str, ...]
    law: Provision[ScorePublication]


def leagues_around(law: Snapshot, orgpath: str, quarter: Quarter) -> list[League]:
    """Give the leagues that lie in a scope, or that it lies in; those of provinces without this law are left out."""
    scorers = [
        node
        for node in law.organisations.values()
        if node.kind == SCORER and (within(node.orgpath, orgpath) or within(orgpath, node.orgpath))
    ]
    found = [league_of(law, node, quarter) for node in sorted(scorers, key=lambda node: node.org_id)]
    return [league for league in found if league is not None]


def league_of(law: Snapshot, scorer: Organisation, quarter: Quarter) -> League | None:
    """Give whom an organisation scores by the law of the quarter's last day; None where it scores nobody."""
    try:
        provision = law.find(ScorePublication, org_id=scorer.org_id, day=quarter.last)
    except NoLaw:
        return None
    if provision.value.scored_by != scorer.kind:
        return None
    bureaus = sorted(
        node.org_id
        for node in law.organisations.values()
        if node.kind == provision.value.scored
        and within(node.orgpath, scorer.orgpath)
        and (node.valid_to is None or node.valid_to > quarter.last)
    )
    return League(scorer, tuple(bureaus), provision) if bureaus else None


def units_of(law: Snapshot, bureau: str) -> Sequence[str]:
    """Give a bureau's own node and every node below it that has no bureau nearer, as the tree now is."""
    if UNITS not in law.frames:
        law.frames[UNITS] = _units(law)
    units: Sequence[str] = law.frames[UNITS].get(bureau, ())
    return units


def within(orgpath: str, scope: str) -> bool:
    """Tell whether a node lies in a subtree, by whole labels."""
    return orgpath == scope or orgpath.startswith(f"{scope}.")


def _units(law: Snapshot) -> Mapping[str, list[str]]:
    units: dict[str, list[str]] = {}
    for org_id in sorted(law.organisations):
        bureau = law.city_above(org_id)
        if bureau is not None:
            units.setdefault(bureau.org_id, []).append(org_id)
    return units
