"""The forms of texts, codes and shares in requests; digits are ASCII digits."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from chassis.http.bodies import Money
from contracts.values import written_plainly
from pricing.settings import (
    LINES_MOST,
    LONGEST_CODE,
    LONGEST_ORG_ID,
    LONGEST_REASON,
    LONGEST_REFERENCE,
)


def _plain(value: Any) -> Any:
    return written_plainly(value) if isinstance(value, str) else value


def _more_than_nothing(value: str) -> str:
    if not Decimal(value):
        raise ValueError("须大于零 | must be more than nothing")
    return value


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("有重复 | one stands twice")
    return values


LongText = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Customer = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=LONGEST_REFERENCE)]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_CODE)]
Lines = Annotated[list[Line], Field(min_length=1, max_length=LINES_MOST), AfterValidator(_each_once)]
Share = Annotated[str, Field(pattern=r"^0\.[0-9]{1,4}$"), AfterValidator(_more_than_nothing)]
Rate = Annotated[str, Field(pattern=r"^0(\.[0-9]{1,6})?$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Amount = Annotated[Money, AfterValidator(_more_than_nothing)]
OrgFilter = Annotated[str | None, Field(max_length=LONGEST_ORG_ID, description="单位及其下级")]
