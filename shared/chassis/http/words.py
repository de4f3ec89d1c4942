"""The words of HTTP refusals in Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import Any

STATUS_WORDS: Mapping[int, tuple[str, str]] = {
    400: ("请求有误", "Bad request"),
    401: ("未登录", "Unauthenticated"),
    403: ("无权操作", "Forbidden"),
    404: ("未找到", "Not found"),
    405: ("不支持的方法", "Method not allowed"),
    406: ("无法提供所需格式", "Not acceptable"),
    409: ("与现状冲突", "Conflict"),
    412: ("记录已被更改", "Precondition failed"),
    413: ("内容过大", "Content too large"),
    415: ("不支持的内容类型", "Unsupported media type"),
    422: ("内容不符合要求", "Unprocessable content"),
    428: ("缺少前提条件", "Precondition required"),
    429: ("请求过多", "Too many requests"),
    500: ("系统错误", "Internal error"),
    503: ("暂不可用", "Unavailable"),
}

FIELD_WORDS: Mapping[str, str] = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段",
    "string_type": "应为文本",
    "string_too_short": "太短，至少 {min_length} 个字符",
    "string_too_long": "太长，最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符",
    "string_unicode": "含有无法表示的字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "decimal_parsing": "应为十进制数",
    "decimal_type": "应为十进制数",
    "date_from_datetime_parsing": "应为日期，如 2026-03-01",
    "date_parsing": "应为日期，如 2026-03-01",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-03-01T09:00:00+08:00",
    "datetime_parsing": "应为带时区的时间，如 2026-03-01T09:00:00+08:00",
    "timezone_aware": "时间缺少时区",
    "uuid_parsing": "应为 UUID",
    "literal_error": "应为下列之一：{expected}",
    "enum": "应为下列之一：{expected}",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_short": "太少，至少 {min_length} 项",
    "too_long": "太多，最多 {max_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
}


def status_words(status: int) -> tuple[str, str]:
    """Give the title of a status in Chinese and English."""
    return STATUS_WORDS.get(status, ("请求未完成", "Not done"))


def field_error(found: Mapping[str, Any]) -> dict[str, str]:
    """Give one error of a request: where, which rule, in both languages.

    A validator of ours raises ValueError("中文 | English"); its two halves are taken apart.
    """
    context = found.get("ctx", {})
    message = str(context.get("error", found["msg"]))
    zh, bar, en = message.partition(" | ")
    if not bar:
        template = FIELD_WORDS.get(found["type"], "不符合要求")
        listed = {
            **context,
            "expected": str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、"),
        }
        zh, en = template.format_map(_Known(listed)), str(found["msg"])
    code = str(found["type"]).replace("_", "-")
    return {"pointer": pointer(found["loc"]), "code": code, "zh": zh, "en": en}


def pointer(location: Sequence[Any]) -> str:
    """Give a location as a JSON pointer into the body, or `?name` for a parameter of the query."""
    place, *rest = location or ("body",)
    if place == "query":
        return "?" + "/".join(map(str, rest))
    if place != "body":
        return f"{place}:" + "/".join(map(str, rest))
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in rest)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def prefers_english(accept_language: str) -> bool:
    """Tell whether English is asked for before Chinese; nothing said, or nothing understood, means Chinese."""
    wanted, heaviest = "zh", 0.0
    for part in accept_language.lower().split(","):
        tag, _, quality = part.partition(";")
        language = tag.strip().partition("-")[0]
        weight = _weight(quality)
        if language in ("zh", "en") and weight > heaviest:
            wanted, heaviest = language, weight
    return wanted == "en"


def _weight(quality: str) -> float:
    name, _, number = quality.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0
