"""The law in force for an organisation on a day."""

from datetime import date
from typing import Any

from chassis.directory import Snapshot
from regulations.provisions import Provision, Topic
from regulations.rulebook import NoLaw
from regulations.topics.catalogue import all_topics


def rules(law: Snapshot, org_id: str, day: date) -> list[dict[str, Any]]:
    """Give every provision in force, by topic; topics that nobody adopted are absent."""
    found = (_find(law, topic, org_id, day) for _, topic in all_topics().items())
    return [_shown(provision) for provision in found if provision is not None]


def _find(law: Snapshot, topic: type[Topic], org_id: str, day: date) -> Provision[Topic] | None:
    try:
        return law.find(topic, org_id=org_id, day=day)
    except NoLaw:
        return None


def _shown(provision: Provision[Topic]) -> dict[str, Any]:
    reason = provision.cite().to_json()
    facts = ("rule", "says", "act", "article", "in_force", "assumption", "level", "replaced", "value")
    return {"topic": provision.value.topic, **{fact: reason[fact] for fact in facts}}
