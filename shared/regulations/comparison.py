"""What differs between two values of one topic, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from regulations.reading import JSON


@dataclass(frozen=True)
class Difference:
    """One part that is not the same; `pointer` is a JSON pointer, into the old value where the part was removed."""

    pointer: str
    change: Literal["changed", "added", "removed"]
    old: JSON = None
    new: JSON = None

    def to_json(self) -> dict[str, JSON]:
        """Give it with the sides that there are."""
        sides: dict[str, JSON] = {}
        if self.change != "added":
            sides["old"] = self.old
        if self.change != "removed":
            sides["new"] = self.new
        return {"pointer": self.pointer, "change": self.change, **sides}


def differences(old: JSON, new: JSON, at: str = "") -> list[Difference]:
    """Give every smallest part that differs; elements of a list that have codes are compared by them."""
    return list(_differences(old, new, at))


def pointer(path: Sequence[str | int]) -> str:
    """Give a path inside a value as a JSON pointer."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def _differences(old: JSON, new: JSON, at: str) -> Iterator[Difference]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_members(dict(old), dict(new), at)
    elif _is_list(old) and _is_list(new):
        yield from _of_elements(list(old), list(new), at)  # type: ignore[arg-type]
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield Difference(at, "changed", old, new)


def _of_members(old: dict[str, JSON], new: dict[str, JSON], at: str) -> Iterator[Difference]:
    for name, value in old.items():
        place = at + pointer((name,))
        if name in new:
            yield from _differences(value, new[name], place)
        else:
            yield Difference(place, "removed", old=value)
    for name, value in new.items():
        if name not in old:
            yield Difference(at + pointer((name,)), "added", new=value)


def _of_elements(old: list[JSON], new: list[JSON], at: str) -> Iterator[Difference]:
    before, after = _keyed(old), _keyed(new)
    if before is None or after is None:
        before, after = dict(enumerate(old)), dict(enumerate(new))
    places = {key: number for number, key in enumerate(after)}
    for number, (key, value) in enumerate(before.items()):
        if key in after:
            yield from _differences(value, after[key], f"{at}/{places[key]}")
        else:
            yield Difference(f"{at}/{number}", "removed", old=value)
    for key, value in after.items():
        if key not in before:
            yield Difference(f"{at}/{places[key]}", "added", new=value)


def _keyed(elements: list[JSON]) -> dict[object, JSON] | None:
    """Give the elements by their codes, or None where not every one has a code of its own."""
    codes = [one.get("code") if isinstance(one, Mapping) else None for one in elements]
    texts = [code for code in codes if isinstance(code, str)]
    if len(set(texts)) != len(elements):
        return None
    return dict(zip(texts, elements, strict=True))


def _is_list(value: JSON) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
