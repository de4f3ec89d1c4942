"""What request bodies share: no unknown fields, no characters that cannot be kept."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

Money = Annotated[str, Field(pattern=r"^\d{1,15}(\.\d{1,2})?$", examples=["5000.00"])]
"""A non-negative amount of yuan as ASCII decimal text."""


class Body(BaseModel):
    """Base of every request body."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def holds_text_that_can_be_kept(cls, value: Any) -> Any:
        """PostgreSQL keeps every character but NUL."""
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("含有空字符(NUL) | contains a NUL character")
        return value
