"""The law that holds for an organisation on a day: found by adoptions along its path, explained by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar, cast

from regulations.loading import Pack, PublishedWording, Rule, Wording, add_wordings, shipped_packs
from regulations.provisions import Provision, Topic

V = TypeVar("V", bound=Topic)


class NoLaw(LookupError):
    """No adopted pack says anything on this topic for this organisation on this day."""

    def __init__(self, topic: str, org_id: str, day: date) -> None:
        self.topic, self.org_id, self.day = topic, org_id, day
        super().__init__(f"no law on {topic} for {org_id} on {day.isoformat()}")


class AmbiguousAdoption(LookupError):
    """Two adoptions of one organisation give one topic on one day."""

    def __init__(self, topic: str, org_id: str, day: date, packs: Sequence[str]) -> None:
        self.topic, self.org_id, self.day, self.packs = topic, org_id, day, tuple(packs)
        super().__init__(f"{org_id} has {topic} from {' and '.join(packs)} on {day.isoformat()}")


class UnknownAdoption(LookupError):
    """An adoption names a pack, or a topic of it, that does not exist."""


@dataclass(frozen=True)
class Adoption:
    """A pack (or some topics of it; None is all) in force from a day, up to but without `until`."""

    pack: str
    topics: tuple[str, ...] | None
    from_: date
    until: date | None = None

    def gives(self, topic: str, day: date) -> bool:
        """Say whether the topic is adopted on the day."""
        named = self.topics is None or topic in self.topics
        return named and self.from_ <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Law:
    """Every pack with every wording; immutable, so that a draft is a second Law beside the first."""

    packs: Mapping[str, Pack]

    @classmethod
    def shipped(cls) -> Law:
        """Give the packs that come with the program; raises PackError."""
        return cls(shipped_packs())

    def with_wordings(self, rows: Sequence[PublishedWording]) -> Law:
        """Give the law with rows published at run time added; raises PackError where one does not parse."""
        return Law(add_wordings(self.packs, rows))

    def find(
        self,
        topic: type[V],
        *,
        path: Sequence[str],
        day: date,
        adoptions: Mapping[str, Sequence[Adoption]],
        known: datetime | None = None,
    ) -> Provision[V]:
        """Give the provision of the nearest organisation upward (`path` is root to leaf) that adopted one.

        `known` leaves out wordings recorded later. Raises NoLaw and AmbiguousAdoption.
        """
        found = self._found(topic.topic, path, day, adoptions, known)
        winner = next(found, None)
        if winner is None:
            raise NoLaw(topic.topic, path[-1] if path else "", day)
        org_id, rule, wording = winner
        above = next(found, None)
        return Provision(
            rule=rule.name,
            says=rule.says,
            says_en=rule.says_en,
            unit=rule.unit,
            value=cast("V", wording.value),
            citation=wording.citation,
            in_force=wording.in_force,
            recorded=wording.recorded,
            assumption=wording.assumption,
            level=org_id,
            replaced=f"{above[1].name}@{above[0]}" if above else None,
        )

    def check_adoptions(self, org_id: str, adoptions: Sequence[Adoption]) -> None:
        """Refuse what an organisation may not adopt: unknown packs or topics, one topic twice on one day."""
        for adoption in adoptions:
            self._check_known(adoption)
        for index, first in enumerate(adoptions):
            for second in adoptions[index + 1 :]:
                self._check_apart(org_id, first, second)

    def _found(
        self,
        topic: str,
        path: Sequence[str],
        day: date,
        adoptions: Mapping[str, Sequence[Adoption]],
        known: datetime | None,
    ) -> Iterator[tuple[str, Rule, Wording]]:
        for org_id in reversed(path):
            here = [
                (org_id, rule, wording)
                for adoption in adoptions.get(org_id, ())
                if adoption.gives(topic, day)
                for rule, wording in self._wording(adoption.pack, topic, day, known)
            ]
            if len(here) > 1:
                raise AmbiguousAdoption(topic, org_id, day, [rule.pack for _, rule, _ in here])
            yield from here

    def _wording(
        self, pack: str, topic: str, day: date, known: datetime | None
    ) -> Iterator[tuple[Rule, Wording]]:
        if pack not in self.packs:
            raise UnknownAdoption(f"{pack} is not a pack")
        rule = self.packs[pack].rules.get(topic)
        wording = rule.wording_on(day, known) if rule else None
        if rule and wording:
            yield rule, wording

    def _check_known(self, adoption: Adoption) -> None:
        pack = self.packs.get(adoption.pack)
        if pack is None:
            raise UnknownAdoption(f"{adoption.pack} is not a pack")
        for topic in adoption.topics or ():
            if topic not in pack.rules:
                raise UnknownAdoption(f"{adoption.pack} has no topic {topic}")
        if adoption.until is not None and adoption.until <= adoption.from_:
            raise ValueError(f"the adoption of {adoption.pack} ends before it begins")

    def _check_apart(self, org_id: str, first: Adoption, second: Adoption) -> None:
        day = max(first.from_, second.from_)
        if any(until is not None and until <= day for until in (first.until, second.until)):
            return
        shared = self._topics(first) & self._topics(second)
        if shared:
            raise AmbiguousAdoption(min(shared), org_id, day, [first.pack, second.pack])

    def _topics(self, adoption: Adoption) -> set[str]:
        return set(self.packs[adoption.pack].rules if adoption.topics is None else adoption.topics)


__all__ = ["Adoption", "AmbiguousAdoption", "Law", "NoLaw", "PublishedWording", "UnknownAdoption"]
