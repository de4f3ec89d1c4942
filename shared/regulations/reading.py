"""Strict reading of a pack's raw values into typed ones, and back into JSON; nothing is guessed."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

JSON = Union[None, bool, int, str, Sequence["JSON"], Mapping[str, "JSON"]]  # noqa: UP007 - recursive
Path = tuple[str | int, ...]
CLASSES = frozenset("1234")


class PackError(Exception):
    """A pack says something it may not: a named problem, with the place in the file where it is known."""

    # What is expected, in Chinese; only what is read of a value has it.
    zh: str = ""

    def __init__(
        self, problem: str, detail: str, path: Path = (), file: str | None = None, line: int | None = None
    ) -> None:
        self.problem, self.detail, self.path, self.file, self.line = problem, detail, path, file, line
        where = ":".join(str(part) for part in (file, line) if part is not None)
        inside = ".".join(str(part) for part in path)
        super().__init__(" ".join(part for part in (where, inside, f"[{problem}]", detail) if part))


class ValueRefused(PackError):
    """A value, or a part of it, that its topic cannot have."""

    def __init__(self, problem: str, detail: str, path: Path, zh: str) -> None:
        super().__init__(problem, detail, path)
        self.zh = zh


@dataclass(frozen=True)
class Reads:
    """How a scalar that YAML has no type for is read; raises ValueError with the reason, which `zh` says in Chinese."""

    read: Callable[[object], object]
    zh: str


@dataclass(frozen=True)
class Wanted:
    """What a plain scalar ought to be."""

    zh: str
    en: str


TRUE_OR_FALSE = Wanted("true 或 false", "true or false")
COUNT = Wanted("不为负的整数", "a whole number that is not negative")
TEXT = Wanted("文本", "text")
DATE = Wanted("日期", "a date")


def _money(raw: object) -> Decimal:
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return Decimal(raw)
    if isinstance(raw, str) and re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", raw):
        return Decimal(raw)
    raise ValueError("money is whole yuan or a quoted decimal of at most two places")


def _share(raw: object) -> Decimal:
    if isinstance(raw, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", raw) and Decimal(raw) <= 1:
        return Decimal(raw)
    raise ValueError('a share is a quoted decimal from "0" to "1"')


def _points(raw: object) -> Decimal:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", raw):
        return Decimal(raw)
    raise ValueError("points are a whole number or a quoted decimal")


def _ratio(raw: object) -> Fraction:
    if isinstance(raw, str) and re.fullmatch(r"[0-9]+/[1-9][0-9]*", raw) and Fraction(raw) <= 1:
        return Fraction(raw)
    raise ValueError('a part of a period is a quoted fraction such as "4/5"')


def _class(raw: object) -> int:
    # The keys of a JSON object are text: a published value has "1" where a file has 1.
    if isinstance(raw, str) and raw in CLASSES:
        return int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and str(raw) in CLASSES:
        return raw
    raise ValueError("a class is 1, 2, 3 or 4")


def _tier(raw: object) -> str:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if isinstance(raw, str) and raw:
        return raw
    raise ValueError("a tier is the pack's own text")


def _clock_time(raw: object) -> time:
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}", raw):
        return time.fromisoformat(raw)
    raise ValueError('a time of day is quoted, such as "17:30"')


Money = Annotated[Decimal, Reads(_money, "金额应为整数元，或加引号、至多两位小数的十进制数")]
Share = Annotated[Decimal, Reads(_share, '比例应为加引号、从 "0" 到 "1" 的十进制数')]
Points = Annotated[Decimal, Reads(_points, "分值应为整数，或加引号的十进制数")]
Ratio = Annotated[Fraction, Reads(_ratio, '期间的一部分应为加引号的分数，如 "4/5"')]
CustomerClass = Annotated[int, Reads(_class, "级别应为 1、2、3 或 4")]
Tier = Annotated[str, Reads(_tier, "级别名称应为规章自己的文字")]
ClockTime = Annotated[time, Reads(_clock_time, '时刻应加引号，如 "17:30"')]


def read(hint: Any, raw: object, path: Path = ()) -> Any:
    """Give the raw value as the hinted type, or raise PackError with the path inside the value."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _read_annotated(hint, raw, path)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(hint), raw, path)
    if origin is Literal:
        return _expect(raw in get_args(hint), raw, _one_of(get_args(hint)), path)
    if origin is tuple:
        return _read_sequence(get_args(hint)[0], raw, path)
    if origin is not None and issubclass(origin, Mapping):
        return _read_mapping(get_args(hint), raw, path)
    if is_dataclass(hint) and isinstance(hint, type):
        return read_record(hint, raw, path)
    return _read_scalar(hint, raw, path)


def read_record(cls: type, raw: object, path: Path = ()) -> Any:
    """Give a frozen dataclass from a mapping; unknown and missing keys are refused by name."""
    if not isinstance(raw, Mapping):
        raise _wrong_type(f"a mapping for {cls.__name__}", "对象", raw, path)
    members: dict[str, Field[Any]] = {member.name: member for member in fields(cls)}
    for key in raw:
        if key not in members:
            detail = f"{key!r} is not a part of {cls.__name__}"
            raise ValueRefused("unknown-key", detail, (*path, str(key)), f"不认识的成员 {key}")
    for name, member in members.items():
        if name not in raw and member.default is MISSING and member.default_factory is MISSING:
            raise ValueRefused("missing-key", f"{cls.__name__} needs {name!r}", path, f"缺少成员 {name}")
    hints = get_type_hints(cls, include_extras=True)
    return build(
        cls, {str(key): read(hints[str(key)], value, (*path, str(key))) for key, value in raw.items()}, path
    )


def build(cls: type, values: Mapping[str, object], path: Path = ()) -> Any:
    """Construct a value class, turning a broken invariant into a PackError."""
    try:
        return cls(**values)
    except ValueError as broken:
        raise ValueRefused("broken-invariant", str(broken), path, f"各部分互不相容：{broken}") from broken


def plain(value: object) -> JSON:
    """Give a topic's value or a reason's input as JSON: decimals and fractions as text, no floats."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)):
        return [plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return _plain_object(value)


def _plain_object(value: object) -> JSON:
    own = getattr(value, "to_json", None)
    if callable(own):
        return plain(own())
    if is_dataclass(value):
        return members_as_json(value)
    if isinstance(value, float):
        raise TypeError("a float has no exact text; give a Decimal")
    return str(value)


def members_as_json(value: object) -> dict[str, JSON]:
    """Give a dataclass's members that are not None, each as JSON."""
    members = {member.name: getattr(value, member.name) for member in fields(value)}  # type: ignore[arg-type]
    return {name: plain(member) for name, member in members.items() if member is not None}


def _read_annotated(hint: Any, raw: object, path: Path) -> object:
    base, *marks = get_args(hint)
    readers = [mark for mark in marks if isinstance(mark, Reads)]
    if not readers:
        return read(base, raw, path)
    try:
        return readers[0].read(raw)
    except ValueError as refused:
        raise ValueRefused("wrong-value", f"{refused}, found {raw!r}", path, readers[0].zh) from refused


def _read_union(options: tuple[Any, ...], raw: object, path: Path) -> object:
    refusals: list[PackError] = []
    for option in options:
        if option is type(None) and raw is None:
            return None
        if option is type(None):
            continue
        try:
            return read(option, raw, path)
        except PackError as refused:
            refusals.append(refused)
    deepest = max(refusals, key=lambda refused: len(refused.path))
    raise deepest


def _read_sequence(item: Any, raw: object, path: Path) -> tuple[object, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise _wrong_type("a list", "列表", raw, path)
    return tuple(read(item, value, (*path, index)) for index, value in enumerate(raw))


def _read_mapping(hints: tuple[Any, ...], raw: object, path: Path) -> dict[object, object]:
    if not isinstance(raw, Mapping):
        raise _wrong_type("a mapping", "对象", raw, path)
    key_hint, value_hint = hints
    return {
        read(key_hint, key, (*path, str(key))): read(value_hint, value, (*path, str(key)))
        for key, value in raw.items()
    }


def _read_scalar(hint: Any, raw: object, path: Path) -> object:
    if hint is bool:
        return _expect(isinstance(raw, bool), raw, TRUE_OR_FALSE, path)
    if hint is int:
        counted = isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0
        return _expect(counted, raw, COUNT, path)
    if hint is str:
        return _expect(isinstance(raw, str) and raw.strip() != "", raw, TEXT, path)
    if hint is date:
        return _expect(isinstance(raw, date) and not isinstance(raw, datetime), raw, DATE, path)
    raise TypeError(f"no reader for {hint!r}")


def _expect(holds: bool, raw: object, wanted: Wanted, path: Path) -> object:
    if not holds:
        detail = f"expected {wanted.en}, found {raw!r}"
        raise ValueRefused("wrong-value", detail, path, f"应为{wanted.zh}")
    return raw


def _one_of(options: Sequence[object]) -> Wanted:
    words = [str(option) for option in options]
    return Wanted(f"下列之一：{'、'.join(words)}", f"one of {', '.join(words)}")


def _wrong_type(en: str, zh: str, raw: object, path: Path) -> ValueRefused:
    return ValueRefused("wrong-type", f"expected {en}, found {raw!r}", path, f"应为{zh}")
