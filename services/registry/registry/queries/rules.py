"""The law in force for an organisation on a day, every wording of a rule, and drafts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.auth import Caller
from chassis.directory import EMPTY, Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.rules import Draft
from registry.model.staff import Role
from registry.policies.rules import cases, cited, worded
from registry.queries.shown import name_of
from registry.tables.rules import WORDINGS, draft_of, rule_of
from registry.tables.shapes import Stored, from_json
from regulations.loading import Rule
from regulations.provisions import Provision, Topic
from regulations.rulebook import Adoption, NoLaw
from regulations.topics.catalogue import all_topics

# Who may see what a confidential topic provides (hubei art. 23): the approval chain and inspectors.
PRICE_READERS = (Role.UNIT_HEAD, Role.CENTER_OFFICER, Role.CENTER_DIRECTOR, Role.INSPECTOR)
FIGURES = frozenset({"value", "comparison", "worked_cases"})
FACTS = ("rule", "says", "act", "article", "in_force", "assumption", "level", "replaced", "value")


def rules(
    caller: Caller, law: Snapshot, org_id: str, day: date, known: datetime | None = None
) -> list[dict[str, Any]]:
    """Give every provision in force, by topic, as far as it was known; topics that nobody adopted are absent."""
    found = (_find(law, topic, org_id, day, known) for _, topic in all_topics().items())
    return [_shown(provision, caller) for provision in found if provision is not None]


async def rule(
    tx: Transaction, law: Snapshot, name: str, day: date, known: datetime | None = None
) -> dict[str, Any]:
    """Give a rule with every wording, who published which and when, and the one that holds; raises NotFound."""
    rows = await tx.fetch(WORDINGS, name)
    found = rule_of(name, rows)
    if found is None:
        raise NotFound(f"没有规定 {name}", f"no pack words {name}")
    published = {(row["in_force"], row["recorded"]): row for row in rows}
    holds = found.wording_on(day, known)
    pack = EMPTY.law.packs[found.pack]
    whole = {
        "rule": found.name,
        "pack": {
            "name": pack.name,
            "title": pack.title,
            "title_en": pack.title_en,
            "issuer": pack.issuer,
            "issuer_en": pack.issuer_en,
        },
        "topic": found.topic,
        "says": found.says,
        "says_en": found.says_en,
        "unit": found.unit,
        "wordings": [
            {
                **veiled(worded(wording), found.topic, tx.caller),
                "holds": wording is holds,
                **_publication(law, published.get((wording.in_force, wording.recorded))),
            }
            for wording in found.wordings
        ],
        "adopted_by": _adopted_by(tx.caller, law, found),
        "worked_cases": cases(found),
    }
    return veiled(whole, found.topic, tx.caller)


async def draft(tx: Transaction, law: Snapshot, draft_id: UUID) -> dict[str, Any]:
    """Give a draft in scope; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM rule_draft WHERE draft_id = $1", draft_id)
    if row is None:
        raise NotFound("没有该草案", "no such draft")
    one = draft_of(row)
    return veiled(drafted(one, law), _topic_of(one), tx.caller)


async def drafts(
    tx: Transaction, law: Snapshot, filters: Mapping[str, str | None], paging: Paging
) -> dict[str, Any]:
    """List the drafts in scope, newest first."""
    conditions: dict[str, object] = {
        "d.rule = {}": filters.get("rule"),
        "d.state = {}": filters.get("state"),
        "d.org_id = {}": filters.get("org_id"),
    }
    listing = Listing(
        "rule_draft d",
        (Key("d.draft_id", UUID, newest_first=True),),
        conditions,
        sorts={"rule": Key("d.rule", str), "in_force": Key("d.in_force", date.fromisoformat)},
    )

    def shown(row: Record) -> dict[str, Any]:
        one = draft_of(row)
        return veiled(drafted(one, law), _topic_of(one), tx.caller)

    return await listed(tx, listing, paging, shown)


def veiled(body: dict[str, Any], topic: str, caller: Caller) -> dict[str, Any]:
    """Leave out what a confidential topic provides where the reader may not see prices; absent, not null."""
    if not all_topics()[topic].confidential or caller.may(*PRICE_READERS):
        return body
    return {name: value for name, value in body.items() if name not in FIGURES}


def drafted(one: Draft, law: Snapshot) -> dict[str, Any]:
    """Show a draft."""
    pack = EMPTY.law.packs[one.act]
    return {
        "id": one.draft_id,
        "rule": one.rule,
        "org_id": one.org_id,
        "state": one.state,
        "in_force": one.in_force,
        "citation": cited(pack.citation(one.article)),
        "assumption": one.assumption,
        "value": one.value,
        "comparison": one.comparison,
        "drafted_by": _person(law, str(one.drafted_by)),
        "drafted_at": one.drafted_at,
        "decided_by": _person(law, str(one.decided_by)) if one.decided_by else None,
        "decided_at": one.decided_at,
        "reason": one.reason,
        "recorded": one.recorded,
    }


def _find(
    law: Snapshot, topic: type[Topic], org_id: str, day: date, known: datetime | None
) -> Provision[Topic] | None:
    try:
        return law.find(topic, org_id=org_id, day=day, known=known)
    except NoLaw:
        return None


def _shown(provision: Provision[Topic], caller: Caller) -> dict[str, Any]:
    reason, topic = provision.cite().to_json(), provision.value.topic
    return {"topic": topic, **veiled({fact: reason[fact] for fact in FACTS}, topic, caller)}


def _topic_of(one: Draft) -> str:
    _, _, topic = one.rule.partition(".")
    return topic


def _publication(law: Snapshot, row: Stored | None) -> dict[str, Any]:
    """Tell who published a wording; one that came with the program nobody did."""
    if row is None:
        return {"shipped": True, "published_by": None, "published_for": None}
    said = from_json(row["wording"])
    return {
        "shipped": False,
        "published_by": _person(law, said["published_by"]),
        "published_for": {"org_id": said["org_id"], "name": name_of(said["org_id"], law)},
    }


def _adopted_by(caller: Caller, law: Snapshot, found: Rule) -> list[dict[str, Any]]:
    """Give where the rule is law, below the caller and above."""

    def seen(org_id: str) -> bool:
        path = law.path(org_id)
        return caller.covers(path) or caller.orgpath.startswith(f"{path}.")

    def gives(adoption: Adoption) -> bool:
        named = adoption.topics is None or found.topic in adoption.topics
        return adoption.pack == found.pack and named

    return [
        {
            "org_id": org_id,
            "name": name_of(org_id, law),
            "from": adoption.from_,
            "until": adoption.until,
        }
        for org_id, adoptions in sorted(law.adoptions.items())
        if seen(org_id)
        for adoption in adoptions
        if gives(adoption)
    ]


def _person(law: Snapshot, staff_id: str) -> dict[str, Any]:
    known = law.staff.get(staff_id)
    return {"staff_id": staff_id, "name": known.name if known else None}
