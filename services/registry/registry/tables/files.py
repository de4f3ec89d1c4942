"""The tables of customer files; every layer is sealed, for it may name persons."""

from collections.abc import Mapping
from typing import Any

from registry.model.files import Confidentiality, CustomerFile, FiledWith, Filing, Layer
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, to_json


def file_of(row: Stored, vault: Seal) -> CustomerFile:
    """Read a file from its row, its layers opened."""
    layers: dict[str, Any] = {layer.member: from_json(vault.open(row[layer.member])) for layer in Layer}
    lists = {name: tuple(content) for name, content in layers.items() if isinstance(content, list)}
    return CustomerFile(
        customer_id=row["customer_id"],
        **{**layers, **lists},
        raised={Layer(layer): Confidentiality(level) for layer, level in from_json(row["raised"]).items()},
        version=row["version"],
    )


def file_row(file: CustomerFile, vault: Seal) -> Mapping[str, Any]:
    """Give the row of a file, its layers sealed."""
    return {
        "customer_id": file.customer_id,
        **{layer.member: vault.seal(to_json(_plain(file.layer(layer)))) for layer in Layer},
        "raised": to_json({layer.value: level for layer, level in file.raised.items()}),
        "version": file.version,
    }


def filing_of(row: Stored) -> Filing:
    """Read a filing from its row."""
    return Filing(
        filing_id=row["filing_id"],
        customer_id=row["customer_id"],
        filed_with=FiledWith(row["filed_with"]),
        filed_on=row["filed_on"],
        file_version=row["file_version"],
        staff_id=row["staff_id"],
        org_id=row["org_id"],
        at=moment(row["at"]),
    )


def _plain(content: Any) -> Any:
    return dict(content) if isinstance(content, Mapping) else [dict(entry) for entry in content]
