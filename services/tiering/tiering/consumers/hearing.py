"""What tiering hears of others: customers and who serves them, agreements and arrears."""

from collections.abc import Mapping

from chassis.bus import Handler


class Hearing:
    """Handlers of the events that tiering hears."""

    def handlers(self) -> Mapping[str, Handler]:
        """Give the handler of each event type."""
        return {}
