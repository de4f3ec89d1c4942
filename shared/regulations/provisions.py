"""What a regulation provides, with its citation, and the reasons that a decision gives for itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, cached_property
from typing import ClassVar, Generic, Self, TypeVar, get_type_hints

from regulations.reading import JSON, build, members_as_json, plain, read, read_record

T = TypeVar("T")
NUMERALS = "一二三四五六七八九"
PLACES = {
    "平台约定": "platform convention",
    "前言": "introduction",
    "全文": "whole text",
    "附件": "annexes",
    "草案": "draft",
}


class Topic:
    """Base of the value classes: frozen dataclasses that read themselves strictly from a pack's `value`."""

    topic: ClassVar[str]
    # The one member that the whole raw value is, where a value is a list or an open mapping.
    root: ClassVar[str | None] = None
    # Whether what it provides is for those alone who may see prices.
    confidential: ClassVar[bool] = False

    @classmethod
    def parse(cls, raw: object) -> Self:
        """Read a raw value; raises PackError with the path inside the value."""
        value: Self
        if cls.root is None:
            value = read_record(cls, raw)
        else:
            hint = get_type_hints(cls, include_extras=True)[cls.root]
            value = build(cls, {cls.root: read(hint, raw)})
        return value

    def to_json(self) -> JSON:
        """Give the shape that `parse` reads back."""
        return members_as_json(self) if self.root is None else plain(getattr(self, self.root))


V_co = TypeVar("V_co", bound=Topic, covariant=True)


@dataclass(frozen=True)
class Citation:
    """A place in a written act; `act` is the name of its pack."""

    act: str
    article: str
    act_title: str
    act_title_en: str = ""


@dataclass(frozen=True)
class Reason:
    """A provision that a decision rests on, with its inputs; `level` is the org_id whose adoption won."""

    rule: str
    says: str
    act: str
    article: str
    in_force: date
    assumption: bool
    level: str
    replaced: str | None
    inputs: Mapping[str, JSON]
    value: JSON
    events: tuple[str, ...] = ()
    # Not part of the JSON: only the sentence needs them.
    act_title: str = field(default="", compare=False)
    act_title_en: str = field(default="", compare=False)
    says_en: str = field(default="", compare=False)

    def to_json(self) -> dict[str, JSON]:
        """Give one element of `because`."""
        return {
            "rule": self.rule,
            "says": self.says,
            "act": self.act,
            "article": self.article,
            "in_force": self.in_force.isoformat(),
            "assumption": self.assumption,
            "level": self.level,
            "replaced": self.replaced,
            "inputs": dict(self.inputs),
            "value": self.value,
            "events": list(self.events),
        }

    def zh(self) -> str:
        """Give the citation in Chinese, marked where it is an assumption."""
        mark = "【假设】" if self.assumption else ""
        place = "" if self.article == self.act_title else article_zh(self.article)
        return f"《{self.act_title or self.act}》{place}：{self.says}{mark}"

    def en(self) -> str:
        """Give the citation in English, marked where it is an assumption."""
        mark = " [assumption]" if self.assumption else ""
        place = "" if self.article == self.act_title else f", {article_en(self.article)}"
        return f"{self.act_title_en or self.act}{place}: {self.says_en or self.says}{mark}"


@dataclass(frozen=True)
class Because:
    """Why: the reasons, and the same in words for a customer or a boss."""

    reasons: tuple[Reason, ...]
    zh: str
    en: str

    @classmethod
    def of(cls, *reasons: Reason, zh: str = "", en: str = "") -> Because:
        """Put a sentence of the caller's own (may be empty) before the citations of the reasons."""
        return cls(
            reasons,
            "。".join(part for part in (zh.rstrip("。"), "；".join(r.zh() for r in reasons)) if part),
            ". ".join(part for part in (en.rstrip("."), "; ".join(r.en() for r in reasons)) if part),
        )

    def to_json(self) -> dict[str, JSON]:
        """Give `{reasons: [...], text: {zh, en}}`."""
        return {
            "reasons": [reason.to_json() for reason in self.reasons],
            "text": {"zh": self.zh, "en": self.en},
        }


@dataclass(frozen=True)
class Decision(Generic[T]):
    """An outcome that explains itself."""

    outcome: T
    because: Because


@dataclass(frozen=True)
class Provision(Generic[V_co]):
    """The wording that holds for an organisation on a day; `replaced` is the `rule@org_id` it displaced."""

    rule: str
    says: str
    says_en: str
    unit: str
    value: V_co
    citation: Citation
    in_force: date
    recorded: datetime
    assumption: bool
    level: str
    replaced: str | None

    def cite(self, *, events: tuple[str, ...] = (), **inputs: object) -> Reason:
        """Give this provision as a reason, with the inputs (made JSON) and event ids a decision used.

        Without any it is the same reason each time: deadlines are told apart by it.
        """
        if not inputs and not events:
            return self._bare
        return replace(
            self._bare,
            inputs={name: plain(value) for name, value in inputs.items()},
            events=tuple(events),
        )

    @cached_property
    def _bare(self) -> Reason:
        return Reason(
            rule=self.rule,
            says=self.says,
            act=self.citation.act,
            article=self.citation.article,
            in_force=self.in_force,
            assumption=self.assumption,
            level=self.level,
            replaced=self.replaced,
            inputs={},
            value=self.value.to_json(),
            act_title=self.citation.act_title,
            act_title_en=self.citation.act_title_en,
            says_en=self.says_en,
        )


@cache
def article_zh(article: str) -> str:
    """Give `7(2)` as 第7条(2), and several parted by commas; other places (附件2) as they are."""
    parts = [part.strip() for part in article.split(",")]
    return "、".join(re.sub(r"^(\d+(?:[-–]\d+)?)((?:\(\d+\))*)$", r"第\1条\2", part) for part in parts)


@cache
def article_en(article: str) -> str:
    """Give `7(2)` as `art. 7(2)`, 附件2 as `annex 2`, 第二部分(1) as `part 2(1)`, 第二篇第一部分 as `text 2 part 1`."""
    named = re.sub(r"附件\s*(\d+)", r"annex \1", article)
    for word, place in PLACES.items():
        named = named.replace(word, place)
    named = re.sub(r"第([一二三四五六七八九])篇", lambda part: f"text {NUMERALS.index(part[1]) + 1} ", named)
    named = re.sub(r"第([一二三四五六七八九])部分", lambda part: f"part {NUMERALS.index(part[1]) + 1}", named)
    named = re.sub(r"第(\d+)节", r"section \1", named).rstrip()
    return f"art. {named}" if named[:1].isdigit() else named
