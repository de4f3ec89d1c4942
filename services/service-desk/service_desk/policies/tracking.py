"""Who is owed feedback every day (hubei art. 21(5))."""

from regulations.provisions import Provision
from regulations.topics.compensation import DailyFeedback, VipClassServices


def tracked_classes(services: Provision[VipClassServices], rule: Provision[DailyFeedback]) -> tuple[int, ...]:
    """Give the classes that have daily tracking among their services."""
    has = any(service.code == rule.value.service for service in services.value.services)
    return services.value.classes if has else ()
