"""Who hears what: the event types that each service's consumer applies, by the topics it reads."""

from dataclasses import dataclass

from contracts.registry import (
    AssignmentChanged,
    CustomerChanged,
    CustomerRegistered,
    OrganisationChanged,
    StaffChanged,
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
DIRECTORY = frozenset({OrganisationChanged.TYPE, StaffChanged.TYPE})
CUSTOMERS = frozenset({CustomerRegistered.TYPE, CustomerChanged.TYPE, AssignmentChanged.TYPE})
EVERY_TOPIC = frozenset(
    f"keypost.{service}"
    for service in ("registry", "tiering", "pricing", "service-desk", "scoring", "console")
)

SUBSCRIPTIONS: dict[str, Subscription] = {
    "registry": Subscription(),
    "tiering": Subscription(REGISTRY, DIRECTORY),
    "pricing": Subscription(REGISTRY, DIRECTORY),
    "service-desk": Subscription(REGISTRY, DIRECTORY | CUSTOMERS),
    "scoring": Subscription(REGISTRY, DIRECTORY),
    "console": Subscription(EVERY_TOPIC - {"keypost.console"}, None),
}
