"""What a reader of a case may see beyond its header."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.clock import SHANGHAI

# 看板、对接系统、管理员、财务 read headers; texts and callers are for those who take, handle or inspect cases.
READ_TEXTS = frozenset(
    {"hotline-agent", "account-manager", "unit-head", "center-officer", "center-director", "inspector"}
)
CASHIER = "finance"


@dataclass(frozen=True, slots=True)
class Reader:
    """`texts` lets the words and the masked caller through, `full_phone` the number itself, which is recorded.

    `amounts` are for them too, and for those who pay.
    """

    texts: bool
    full_phone: bool
    amounts: bool = False

    @classmethod
    def of(cls, roles: Collection[str], *, full_phone: bool) -> "Reader":
        """Give what roles may read; a full number is only for those who may see texts."""
        texts = not READ_TEXTS.isdisjoint(roles)
        return cls(texts, texts and full_phone, texts or CASHIER in roles)


def without_absent(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not there; what one may not see is absent, not null."""
    return {name: value for name, value in fields.items() if value is not None}


def in_shanghai(instant: datetime | None) -> datetime | None:
    """Give an instant as it is shown; rows come in UTC."""
    return instant.astimezone(SHANGHAI) if instant else None
