"""Who hears what: the event types that each service's consumer applies, by the topics it reads."""

from dataclasses import dataclass

from contracts.care import SymposiumHeld, VisitRecorded
from contracts.law import CalendarImported, RulePublished
from contracts.merging import CustomerMerged, CustomerUnmerged
from contracts.pricing import AgreementEnded, AgreementSigned, ArrearsChanged
from contracts.registry import (
    AssignmentChanged,
    CustomerChanged,
    CustomerRegistered,
    OrganisationChanged,
    StaffChanged,
)
from contracts.scoring import NoticePublished, ScorePublished
from contracts.tiering import (
    ReportFiled,
    TierChanged,
    UsageCorrected,
    UsageFileLoaded,
    UsageFileMissing,
    UsageRecorded,
)


@dataclass(frozen=True)
class Subscription:
    """The topics of a consumer and the types it applies; `types` None is every type."""

    topics: frozenset[str] = frozenset()
    types: frozenset[str] | None = frozenset()

    def hears(self, topic: str, event_type: str) -> bool:
        """Tell whether an event of a topic is for this consumer."""
        return topic in self.topics and (self.types is None or event_type in self.types)


REGISTRY = frozenset({"keypost.registry"})
TIERING = frozenset({"keypost.tiering"})
PRICING = frozenset({"keypost.pricing"})
SCORING = frozenset({"keypost.scoring"})
DIRECTORY = frozenset(
    {OrganisationChanged.TYPE, StaffChanged.TYPE, RulePublished.TYPE, CalendarImported.TYPE}
)
CUSTOMERS = frozenset(
    {
        CustomerRegistered.TYPE,
        CustomerChanged.TYPE,
        CustomerMerged.TYPE,
        CustomerUnmerged.TYPE,
        AssignmentChanged.TYPE,
    }
)
CARE = frozenset({VisitRecorded.TYPE, SymposiumHeld.TYPE})
CLASSES = frozenset({TierChanged.TYPE})
USAGE = frozenset(
    {
        UsageRecorded.TYPE,
        UsageCorrected.TYPE,
        UsageFileLoaded.TYPE,
        UsageFileMissing.TYPE,
        ReportFiled.TYPE,
    }
)
SCORES = frozenset({ScorePublished.TYPE, NoticePublished.TYPE})
CONTRACTS = frozenset({AgreementSigned.TYPE, AgreementEnded.TYPE, ArrearsChanged.TYPE})
EVERY_TOPIC = frozenset(
    f"keypost.{service}"
    for service in ("registry", "tiering", "pricing", "service-desk", "scoring", "console")
)

SUBSCRIPTIONS: dict[str, Subscription] = {
    "registry": Subscription(),
    "tiering": Subscription(REGISTRY | PRICING, DIRECTORY | CUSTOMERS | CONTRACTS),
    "pricing": Subscription(REGISTRY | TIERING, DIRECTORY | CUSTOMERS | CLASSES),
    "service-desk": Subscription(REGISTRY | TIERING, DIRECTORY | CUSTOMERS | CLASSES),
    # Its own scores too, which a database that was lost takes back from the bus.
    "scoring": Subscription(
        REGISTRY | TIERING | SCORING, DIRECTORY | CUSTOMERS | CARE | CLASSES | USAGE | SCORES
    ),
    "console": Subscription(EVERY_TOPIC - {"keypost.console"}, None),
}
