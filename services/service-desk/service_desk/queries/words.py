"""The words that forms offer, with what they are called."""

from datetime import date
from typing import Any

from chassis.directory import Snapshot
from regulations.topics.losses import LossCauses

CATEGORIES = {
    "delay": ("延误", "delay"),
    "loss": ("丢失", "loss"),
    "damage": ("损毁", "damage"),
    "shortage": ("内件短少", "contents missing"),
    "delivery": ("投递服务", "delivery"),
    "pick-up": ("揽收服务", "pick-up"),
    "attitude": ("服务态度", "attitude"),
    "information": ("信息查询", "tracking information"),
    "charging": ("收费", "charging"),
    "other": ("其他", "other"),
}
LINKS = {
    "pick-up": ("揽收", "pick-up"),
    "processing": ("处理", "processing"),
    "transport": ("运输", "transport"),
    "delivery": ("投递", "delivery"),
    "information": ("信息", "information"),
}


def complaint_words(law: Snapshot, org_id: str, day: date) -> dict[str, list[dict[str, Any]]]:
    """Give categories, links, and the causes in force at an organisation on a day; raises NoLaw."""
    causes = law.find(LossCauses, org_id=org_id, day=day).value
    return {
        "categories": _named(CATEGORIES),
        "links": _named(LINKS),
        "causes": [
            {"code": named.code, "zh": named.zh, "en": named.en, "group": group.code}
            for group in causes.groups
            for named in group.causes
        ],
    }


def _named(words: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"code": code, "zh": zh, "en": en} for code, (zh, en) in words.items()]
