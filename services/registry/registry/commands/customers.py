"""What may be asked of customers and their files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.commands.asking import Asker
from registry.model.files import Confidentiality, Content, Fields, FiledWith, Layer


@dataclass(frozen=True)
class ChangeCustomer:
    """Change facts of a customer; `facts` holds only what changes."""

    asker: Asker
    key: str
    version: int
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class ChangeFile:
    """Change layers of a file: of the fields only what changes (None takes out), lists as a whole; raise its levels."""

    asker: Asker
    key: str
    version: int
    fields: Mapping[Layer, Fields] = field(default_factory=dict)
    lists: Mapping[Layer, tuple[Fields, ...]] = field(default_factory=dict)
    raised: Mapping[Layer, Confidentiality] = field(default_factory=dict)


@dataclass(frozen=True)
class FileWithCenter:
    """File a customer's file with a center."""

    asker: Asker
    key: str
    filed_with: FiledWith


@dataclass(frozen=True)
class TakeAnnex2:
    """Take annex 2 as a unit filled it in; the customer by its code, else by its full name."""

    asker: Asker
    code: str | None
    name: str | None
    layers: Mapping[Layer, Content]
