"""The forms of texts and codes in request bodies; digits are ASCII digits."""

from typing import Annotated, Literal

from pydantic import Field

Text = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=2000)]
OrgId = Annotated[str, Field(pattern=r"^(CN|[0-9]{6}|[0-9]{9})(-[ST][0-9]{2})?$", examples=["420106-T03"])]
Division = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}([0-9]{3})?$", examples=["420106"])]
StaffNo = Annotated[str, Field(pattern=r"^[0-9]{8}$", examples=["42010601"])]
Phone = Annotated[str, Field(min_length=3, max_length=40, examples=["027-87654321"])]
Industry = Annotated[str, Field(pattern=r"^[A-T]([0-9]{2,4})?$", examples=["I6020"])]
PlaceClass = Literal["wuhan", "prefecture", "county"]
