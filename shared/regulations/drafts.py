"""Values of the law as callers write them: read by their topic's own class, which nothing that JSON carries may outwit."""

from __future__ import annotations

from regulations.provisions import Topic
from regulations.reading import Path, ValueRefused
from regulations.topics.catalogue import all_topics


def read_draft(topic: str, raw: object, *, deepest: int, largest: int) -> Topic:
    """Read a drafted value; raises PackError with the place inside it."""
    _refuse_what_json_should_not_hold(raw, deepest, largest)
    return all_topics()[topic].parse(raw)


def _refuse_what_json_should_not_hold(raw: object, deepest: int, largest: int) -> None:
    waiting: list[tuple[Path, object]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, float):
            detail, zh = (
                "no float: a whole number or a quoted decimal",
                "不用浮点数，应为整数或加引号的十进制数",
            )
            raise ValueRefused("float", detail, path, zh)
        if isinstance(value, int) and abs(value) > largest:
            raise ValueRefused("wrong-value", "too large a number", path, "数太大")
        if len(path) > deepest:
            raise ValueRefused("wrong-type", "nested too deeply", path, "嵌套太深")
        if isinstance(value, dict):
            waiting += [((*path, str(name)), one) for name, one in value.items()]
        if isinstance(value, list):
            waiting += [((*path, number), one) for number, one in enumerate(value)]
