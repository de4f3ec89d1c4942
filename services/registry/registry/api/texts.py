"""The forms of texts and codes in request bodies; digits are ASCII digits."""

from typing import Annotated, Literal

from pydantic import Field

from registry.settings import LONGEST_PHONE, LONGEST_REASON, LONGEST_TEXT, SHORTEST_PHONE

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
LongText = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
OrgId = Annotated[str, Field(pattern=r"^(CN|[0-9]{6}|[0-9]{9})(-[ST][0-9]{2})?$")]
Division = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}([0-9]{3})?$")]
StaffNo = Annotated[str, Field(pattern=r"^[0-9]{8}$")]
Phone = Annotated[str, Field(min_length=SHORTEST_PHONE, max_length=LONGEST_PHONE)]
Industry = Annotated[str, Field(pattern=r"^[A-T]([0-9]{2,4})?$")]
PlaceClass = Literal["wuhan", "prefecture", "county"]
