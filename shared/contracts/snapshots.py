"""The checked-in JSON schemas of all events, and what counts as breaking one."""

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from contracts.catalogue import MODELS

FOLDER = Path(str(resources.files("contracts"))) / "schemas"


def current() -> dict[str, dict[str, Any]]:
    """Give the schema of each event type as the models have it now."""
    return {told: model.model_json_schema(mode="serialization") for told, model in MODELS.items()}


def checked_in(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Give the schemas as checked in."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}


def write(folder: Path = FOLDER) -> None:
    """Write the current schemas; refuses to where one is broken by it."""
    broken = list(breaks(checked_in(folder), current()))
    if broken:
        raise SystemExit("\n".join(["breaking changes want a new version beside the old:", *broken]))
    folder.mkdir(exist_ok=True)
    for told, schema in current().items():
        text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"{told}.json").write_text(text + "\n", encoding="utf-8")


def differences(folder: Path = FOLDER) -> list[str]:
    """Name what the snapshots do not say as the models do."""
    kept, now = checked_in(folder), current()
    found = list(breaks(kept, now))
    found += [f"{told}: no snapshot" for told in now.keys() - kept.keys()]
    found += [
        f"{told}: the snapshot is not up to date"
        for told in now.keys() & kept.keys()
        if now[told] != kept[told]
    ]
    return sorted(found)


def breaks(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Name what a consumer of the older schema could no longer rely on."""
    for told, schema in before.items():
        if told not in after:
            yield f"{told}: the event is gone"
        else:
            yield from _broken(told, _shapes(schema), _shapes(after[told]))


def _shapes(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"": schema, **schema.get("$defs", {})}


def _broken(told: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, shape in before.items():
        for field, old in shape.get("properties", {}).items():
            new = after.get(name, {}).get("properties", {}).get(field)
            place = ".".join(part for part in (told, name, field) if part)
            if new is None:
                yield f"{place}: the field is gone"
            elif _kind(old) != _kind(new):
                yield f"{place}: was {_kind(old)}, is {_kind(new)}"


def _kind(field: dict[str, Any]) -> str:
    """Give what a value may be, without what only describes it."""
    bare = {key: value for key, value in field.items() if key not in ("title", "description", "examples")}
    return json.dumps(bare, sort_keys=True)
