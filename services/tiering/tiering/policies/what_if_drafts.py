"""Drafts laid over the law: what would hold where, found by the same look-up as what does hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from regulations.comparison import pointer
from regulations.drafts import read_draft
from regulations.loading import Rule, Wording
from regulations.provisions import Provision, Topic
from regulations.reading import PackError
from regulations.rulebook import Adoption, Law, NoLaw
from regulations.topics.tiers import TierThresholds
from tiering.model.what_if_refusals import (
    DraftedTwice,
    NotAdopted,
    NothingDiffers,
    UnknownPack,
    UnknownTopic,
    WrongDraft,
)
from tiering.model.what_ifs import DraftedAdoption, DraftedEnding, DraftedWording, Drafts
from tiering.policies.law import OF_SCHEME, TOPICS

DRAFT = "草案"
"""The article that a draft is cited by: it stands in no act yet."""
# What is said about who reviews and when gives nobody a class.
ASIDE = frozenset({"review", "procedure"})
DRAFTABLE: Mapping[str, type[Topic]] = {
    topic.topic: topic for name, topic in TOPICS.items() if name not in ASIDE
}
SCHEMES_OWN = frozenset(TOPICS[name] for name in OF_SCHEME)
V = TypeVar("V", bound=Topic)
Adoptions = Mapping[str, Sequence[Adoption]]


@dataclass(frozen=True)
class Limits:
    """How deep and large a drafted value may be."""

    deepest: int
    largest: int


@dataclass(frozen=True)
class Ground:
    """The law that drafts are laid over, for one day; `paths` leads from the root to each organisation."""

    law: Law
    adoptions: Adoptions
    paths: Mapping[str, Sequence[str]]
    day: date
    now: datetime
    limits: Limits

    def under(self, layers: Iterable[Drafts]) -> "Ground":
        """Give the ground with layers of drafts, the later over the earlier."""
        ground = self
        for drafts in layers:
            ground = ground.adopted(drafts)
            for wording in drafts.wordings:
                ground = ground.worded(wording)
        return ground

    def adopted(self, drafts: Drafts) -> "Ground":
        """Give the ground with what is adopted and ended alone."""
        ground = self
        for ending in drafts.endings:
            ground = ground.without(ending)
        for adoption in drafts.adoptions:
            ground = ground.adopting(adoption)
        return ground

    def without(self, ending: DraftedEnding) -> "Ground":
        """Give the ground where an organisation has no longer adopted a pack; raises NotAdopted."""
        here = self.adoptions.get(ending.org_id, ())
        left = [one for one in here if one.pack != ending.pack]
        if not any(one.pack == ending.pack and self._holds(one) for one in here):
            raise NotAdopted.of(ending.org_id, ending.pack, f"{ending.pointer}/pack")
        return self._with(ending.org_id, left)

    def adopting(self, drafted: DraftedAdoption) -> "Ground":
        """Give the ground where an organisation has a pack in the place of whatever it had of the same topics."""
        pack = self.law.packs.get(drafted.pack)
        if pack is None:
            zh, en = f"没有规章 {drafted.pack}", f"{drafted.pack} is no pack"
            raise UnknownPack(zh, en, pointer=f"{drafted.pointer}/pack")
        for number, topic in enumerate(drafted.topics or ()):
            if topic not in pack.rules:
                zh, en = f"{drafted.pack} 没有条目“{topic}”", f"{drafted.pack} has no topic {topic}"
                raise UnknownPack(zh, en, pointer=f"{drafted.pointer}/topics/{number}")
        topics = frozenset(drafted.topics or pack.rules)
        left = self._narrowed(drafted.org_id, topics)
        return self._with(drafted.org_id, [*left, Adoption(drafted.pack, tuple(sorted(topics)), self.day)])

    def worded(self, draft: DraftedWording) -> "Ground":
        """Give the ground where a topic is worded otherwise at an organisation and below; raises WrongDraft."""
        rule = self._rule(draft, self.held(draft), self.value(draft))
        home = self.law.packs[rule.pack]
        # A pack of its own, so that it holds here and not wherever else the act is in force.
        name = f"{DRAFT}:{draft.org_id}:{draft.topic}"
        packs = {**self.law.packs, name: replace(home, rules={draft.topic: rule})}
        left = self._narrowed(draft.org_id, frozenset({draft.topic}))
        adopted = Adoption(name, (draft.topic,), self.day)
        return replace(self, law=Law(packs))._with(draft.org_id, [*left, adopted])

    def value(self, draft: DraftedWording) -> Topic:
        """Read a drafted value; raises UnknownTopic and WrongDraft with the place inside it."""
        if draft.topic not in DRAFTABLE:
            raise UnknownTopic.of(draft.topic, f"{draft.pointer}/topic", sorted(DRAFTABLE))
        try:
            return read_draft(
                draft.topic, draft.value, deepest=self.limits.deepest, largest=self.limits.largest
            )
        except PackError as refused:
            raise WrongDraft(
                refused.zh or "不符合该条目的要求",
                refused.detail,
                pointer=f"{draft.pointer}/value{pointer(refused.path)}",
                extra={"problem": refused.problem},
            ) from refused

    def held(self, draft: DraftedWording) -> Provision[Topic] | None:
        """Give what holds in the place of a draft, if anything does."""
        topic = DRAFTABLE[draft.topic]
        found = self._find(topic, draft.org_id)
        scheme = self._find(TierThresholds, draft.org_id)
        if found is not None and topic in SCHEMES_OWN and _pack_of(found) != _pack_of(scheme):
            return None
        return found

    def _find(self, topic: type[V], org_id: str) -> Provision[V] | None:
        try:
            return self.law.find(topic, path=self.paths[org_id], day=self.day, adoptions=self.adoptions)
        except NoLaw:
            return None

    def _rule(self, draft: DraftedWording, held: Provision[Topic] | None, value: Topic) -> Rule:
        """Give the rule as drafted: one of the act that words it there, or gives the table there."""
        like = self._like(draft.topic)
        home = self.law.packs[_pack_of(held or self._find(TierThresholds, draft.org_id)) or like.pack]
        cited = home.citation(DRAFT)
        wording = Wording(self.day, None, self.now, True, cited, value)
        says = held or like
        return Rule(home.name, draft.topic, says.says, says.says_en, says.unit, (wording,))

    def _like(self, topic: str) -> Rule:
        packs = sorted(self.law.packs.items())
        return next(pack.rules[topic] for _, pack in packs if topic in pack.rules)

    def _narrowed(self, org_id: str, topics: frozenset[str]) -> list[Adoption]:
        """Give the adoptions of an organisation without these topics."""
        return [
            replace(one, topics=tuple(topic for topic in self._topics(one) if topic not in topics))
            for one in self.adoptions.get(org_id, ())
        ]

    def _topics(self, adoption: Adoption) -> Sequence[str]:
        return tuple(self.law.packs[adoption.pack].rules) if adoption.topics is None else adoption.topics

    def _holds(self, adoption: Adoption) -> bool:
        return adoption.from_ <= self.day and (adoption.until is None or self.day < adoption.until)

    def _with(self, org_id: str, adopted: Sequence[Adoption]) -> "Ground":
        return replace(self, adoptions={**self.adoptions, org_id: tuple(adopted)})


def _pack_of(provision: Provision[Any] | None) -> str | None:
    return provision.rule.partition(".")[0] if provision else None


def must_differ(ground: Ground, drafts: Drafts) -> None:
    """Refuse a wording that says what holds without it, `ground` being the law that it is laid over."""
    adopted = ground.adopted(drafts)
    for draft in drafts.wordings:
        value, held = adopted.value(draft), adopted.held(draft)
        if held is not None and held.value == value:
            raise NothingDiffers.of(f"{draft.pointer}/value")


def must_be_apart(drafts: Drafts) -> None:
    """Refuse two drafts of one thing at one organisation."""
    seen: set[tuple[str, str, str]] = set()
    for one in drafts.everything:
        about = one.topic if isinstance(one, DraftedWording) else one.pack
        key = (type(one).__name__, one.org_id, about)
        if key in seen:
            raise DraftedTwice.of(one.pointer)
        seen.add(key)
