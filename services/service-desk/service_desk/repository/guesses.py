"""What was last known of the customers that callers name, so that most intakes need no look before they write."""

from collections import OrderedDict
from uuid import UUID

import orjson

from service_desk.model.cases import Caller, CustomerFacts


class Guesses:
    """What was last known of the customers that callers named; verified by every statement that uses one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._facts: OrderedDict[object, CustomerFacts] = OrderedDict()

    def get(self, caller: Caller, phone_keys: list[str] | None) -> CustomerFacts | None:
        """Give the last facts of the customer that a caller names."""
        return self._facts.get(_reference(caller, phone_keys))

    def keep(self, caller: Caller, phone_keys: list[str] | None, facts: CustomerFacts | None) -> None:
        """Remember what holds now."""
        reference = _reference(caller, phone_keys)
        if facts is None:
            self._facts.pop(reference, None)
            return
        self._facts[reference] = facts
        if len(self._facts) > self._most:
            self._facts.popitem(last=False)


def _reference(caller: Caller, phone_keys: list[str] | None) -> object:
    return caller.customer_id or caller.customer_code or tuple(phone_keys or ())


def read_facts(text: str | None) -> CustomerFacts | None:
    """Read what the database says of a customer; None where there is none in scope."""
    if text is None:
        return None
    found = orjson.loads(text)
    return CustomerFacts(
        customer_id=UUID(found["customer_id"]),
        code=found["code"],
        name=found["name"],
        service_class=found["service_class"],
        vip=found["vip"],
        responsible_org_id=found["responsible_org_id"],
        version=found["version"],
    )
