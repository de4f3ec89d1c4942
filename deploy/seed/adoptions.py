"""Which packs the sample's organisations adopt: the province most of them, some cities and counties one of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from regulations.loading import Pack, shipped_packs

PROVINCE = "420000"
START = "2009-01-01"
WHOLE = ("hubei", "platform", "national-trial")
# Adopted for what those before them, in this order, are silent on.
FILLING = (
    "jiangxi",
    "complaint-steps",
    "lifecycle",
    "prospecting",
    "center-goals",
    "manager-duties",
    "city-maintenance",
    "marketing-plan",
    "finance-clients",
    "care-strategies",
)
LOCAL = (
    ("420322", "yunxi-visits", "2013-04-25"),
    ("420800", "xxx-city-daily", START),
    ("420200", "dezhou-ems", START),
    ("421000", "dongguan", START),
    ("421123", "county-maintenance", START),
)


@dataclass(frozen=True)
class Adoption:
    org_id: str
    pack: str
    topics: tuple[str, ...] | None
    valid_from: str
    valid_to: str | None = None


@cache
def read() -> tuple[Adoption, ...]:
    """Every adoption of the sample, the province's first."""
    local = (Adoption(org_id, pack, None, since) for org_id, pack, since in LOCAL)
    return (*_of_the_province(shipped_packs()), *local)


def _of_the_province(packs: Mapping[str, Pack]) -> Iterator[Adoption]:
    yield from (Adoption(PROVINCE, pack, None, START) for pack in WHOLE)
    worded = {topic for pack in WHOLE for topic in packs[pack].rules}
    for pack in FILLING:
        silent_on = tuple(topic for topic in packs[pack].rules if topic not in worded)
        worded.update(silent_on)
        yield Adoption(PROVINCE, pack, silent_on, START)
