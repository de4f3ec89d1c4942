"""What request bodies share: no unknown fields, no characters that cannot be kept."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

Money = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,2})?$", examples=["5000.00"])]
"""A non-negative amount of yuan as ASCII decimal text."""


class Body(BaseModel):
    """Base of every request body."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def holds_text_that_can_be_kept(cls, value: Any) -> Any:
        """PostgreSQL keeps every character but NUL."""
        if holds_nul(value):
            raise ValueError("含有空字符(NUL) | contains a NUL character")
        return value


def holds_nul(value: Any) -> bool:
    """Tell whether a text, or one inside a list or an object, holds a NUL."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, Mapping):
        return any(holds_nul(one) for pair in value.items() for one in pair)
    return isinstance(value, list | tuple | set | frozenset) and any(map(holds_nul, value))
