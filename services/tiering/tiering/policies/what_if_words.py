"""Why a customer would move, in a word and in a sentence; the explanations of both classes say the whole of it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class TurnsOn(StrEnum):
    """What makes the difference between two laws for a customer."""

    KEY_ACCOUNT = "key-account"
    TABLE = "table"
    ARREARS = "arrears"
    SCHEME = "scheme"


WORDS = {
    TurnsOn.KEY_ACCOUNT: ("大客户条件不同", "the conditions of a key account differ"),
    TurnsOn.TABLE: ("定级标准不同", "the table or what stands beside it differs"),
    TurnsOn.ARREARS: ("欠费调整不同", "the adjustment for arrears differs"),
    TurnsOn.SCHEME: ("适用的规章不同", "the regulation differs"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """What one law gives a customer; `table_class` is before arrears."""

    eligible: bool
    table_class: int | None
    cls: int | None
    scheme: str
    tier: str | None


def turns_on(before: Side, after: Side) -> TurnsOn:
    """Give what makes the difference."""
    if before.eligible != after.eligible:
        return TurnsOn.KEY_ACCOUNT
    if before.table_class != after.table_class:
        return TurnsOn.TABLE
    if before.cls != after.cls:
        return TurnsOn.ARREARS
    return TurnsOn.SCHEME


def why(before: Side, after: Side, fees: Decimal, year: int) -> dict[str, str]:
    """Give what a move turns on, and a sentence that says it."""
    turn = turns_on(before, after)
    zh, en = WORDS[turn]
    return {
        "turns_on": turn,
        "zh": f"假设：{year}年累计结算费用 {fees} 元，由{_zh(before)}变为{_zh(after)}（{zh}）",
        "en": f"what if: {fees} yuan of settled fees in {year}, from {_en(before)} to {_en(after)} ({en})",
    }


def _zh(side: Side) -> str:
    if side.cls is not None:
        return f"{side.cls}类（{side.scheme} {side.tier}）"
    return "大客户但不定级" if side.eligible else "非大客户"


def _en(side: Side) -> str:
    if side.cls is not None:
        return f"class {side.cls} ({side.scheme} {side.tier})"
    return "a key account without a class" if side.eligible else "no key account"
