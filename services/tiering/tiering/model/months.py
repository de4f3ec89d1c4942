"""Months as people write them; a month is its first day."""

import re
import unicodedata
from datetime import date

_WRITTEN = re.compile(
    r"(?P<year>[0-9]{4})\s*[-/.年]?\s*(?P<month>0?[1-9]|1[0-2])\s*(?:月|[-/.](?:0?[1-9]|[12][0-9]|3[01]))?"
)


def read_month(written: str) -> date | None:
    """Give the month of `2026-03`, `2026年3月`, `202603`, `2026.3` or of a date; None for what is none."""
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", written).strip())
    if found is None or not int(found["year"]):
        return None
    return date(int(found["year"]), int(found["month"]), 1)


def month_text(month: date) -> str:
    """Give `2026-03`."""
    return month.isoformat().rpartition("-")[0]
