"""What of the services' events a person's roles may read: as much as the services themselves would show them.

A veil lies over events of a family for everybody without one of its readers' roles. It leaves members of `data` out, or,
where the service refuses the whole record, everything but its handles. What one may not see is absent, not null.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from regulations.topics.catalogue import all_topics

CENTER = frozenset({"center-officer", "center-director"})
REVIEWERS = CENTER | {"inspector"}
REVENUE = REVIEWERS | {"unit-head"}
FILES = REVENUE | {"system"}
INTERNAL = REVENUE | {"account-manager"}
PRICES = INTERNAL | {"finance"}
AGREEMENTS = PRICES | {"system"}
RECEIVABLES = REVENUE | {"finance"}
CUSTOMERS = PRICES | {"hotline-agent", "observer", "system"}

HANDLES = frozenset(
    {
        "agreement_id",
        "case_id",
        "claim_id",
        "correction_id",
        "customer_id",
        "declaration_id",
        "dispute_id",
        "group_id",
        "month",
        "org_id",
        "report_id",
        "review_id",
        "symposium_id",
        "tariff_request_id",
        "usage_file_id",
        "visit_id",
        "year",
    }
)
CONFIDENTIAL_TOPICS = frozenset(name for name, topic in all_topics().items() if topic.confidential)

Data = Mapping[str, Any]


def _words_a_confidential_topic(data: Data) -> bool:
    _pack, _dot, topic = str(data.get("rule", "")).rpartition(".")
    return topic in CONFIDENTIAL_TOPICS


@dataclass(frozen=True, slots=True)
class Veil:
    """What lies over the events whose types begin so; without `left_out` nothing but the handles is shown."""

    types: str
    readers: frozenset[str]
    left_out: frozenset[str] = frozenset()
    over: Callable[[Data], bool] | None = None

    def drawn_over(self, data: Data) -> Data:
        """Give what is seen of an event's data through this veil."""
        if self.over is not None and not self.over(data):
            return data
        if self.left_out:
            return {name: value for name, value in data.items() if name not in self.left_out}
        return {name: value for name, value in data.items() if name in HANDLES}


Veils = frozenset[Veil]

VEILS: Veils = frozenset(
    {
        # Revenue and what tells of it; a customer's own manager reads it in tiering.
        Veil("tiering.usage.", FILES),
        Veil("tiering.tier.", REVENUE, left_out=frozenset({"because"})),
        Veil("tiering.usage-file.", FILES),
        Veil("tiering.report.", FILES | INTERNAL),
        Veil("tiering.review.", REVIEWERS),
        # Prices and what is owed.
        Veil("pricing.tariff.", PRICES),
        Veil("pricing.agreement.", AGREEMENTS),
        Veil("pricing.arrears.", RECEIVABLES),
        Veil("pricing.credit.", RECEIVABLES),
        Veil("registry.rule.", REVENUE, left_out=frozenset({"value"}), over=_words_a_confidential_topic),
        # What sides of a dispute write is internal; customers are not the administrators'.
        Veil("registry.dispute.", INTERNAL),
        Veil("registry.declaration.", CUSTOMERS),
        Veil("registry.claim.", CUSTOMERS),
        Veil("registry.customer.", CUSTOMERS),
        Veil("registry.assignment.", CUSTOMERS),
        Veil("registry.development-case.", CUSTOMERS),
        Veil("registry.visit.", CUSTOMERS),
        Veil("registry.symposium.", CUSTOMERS),
        Veil("registry.group.", CUSTOMERS),
    }
)


def veils_before(roles: Collection[str]) -> Veils:
    """Give the veils that none of these roles lifts; equal ones are one object, so that interests compare cheaply."""
    return _one(frozenset(veil for veil in VEILS if veil.readers.isdisjoint(roles)))


@cache
def _one(veils: Veils) -> Veils:
    return veils


@cache
def veils_over(event_type: str, veils: Veils) -> Veils:
    """Give those of the veils that lie over events of a type; there are few types, and few kinds of readers."""
    return frozenset(veil for veil in veils if event_type.startswith(veil.types))
