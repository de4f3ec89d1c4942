"""Whether a declared customer is one that somebody has: exact, probable, related or none (hubei, art. 13)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz

from registry.model.customers import IdentityKey, Nature
from registry.model.declarations import Candidate, Outcome
from registry.policies.names import CompanyName, parse, pinyin

CREDIT_CODE = "credit-code"
NAME = "name"
PERSON = "person"
NAME_AND_PHONE = "name-and-phone"


@dataclass(frozen=True)
class Bounds:
    """Scores out of `certain`, and from which of them on two firms are probably one; with a shared phone less will do."""

    certain: int
    same_name: int
    same_trade: int
    same_sound: int
    same_phone: int
    probable: int
    probable_with_phone: int
    same_address: int


@dataclass(frozen=True)
class Identity:
    """What a match looks at of either side."""

    name: str
    nature: Nature
    credit_code: str | None
    phone_keys: frozenset[str]
    address: str | None = None

    @property
    def parts(self) -> CompanyName:
        """The name taken apart."""
        return parse(self.name)


@dataclass(frozen=True)
class Known:
    """A customer that the declared one is compared with."""

    customer_id: UUID
    org_id: str
    identity: Identity


@dataclass(frozen=True)
class Likeness:
    """How one known customer compares: the outcome, a score out of 100 and the reasons for it."""

    outcome: Outcome
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The strongest outcome over all known customers; `same` is set when exact, `like` holds those behind it."""

    outcome: Outcome
    same: Known | None
    matched: tuple[str, ...]
    like: tuple[Candidate, ...]
    noted: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What was noted, and the reasons of all candidates, each once."""
        return tuple(dict.fromkeys([*self.noted, *(reason for one in self.like for reason in one.reasons)]))


def identity_keys(identity: Identity) -> tuple[IdentityKey, ...]:
    """Give the keys that no two customers share, in the order in which they are taken."""
    full = identity.parts.full
    if identity.nature is Nature.PERSON:
        return tuple(IdentityKey(PERSON, f"{full}|{key}") for key in sorted(identity.phone_keys))
    code = (IdentityKey(CREDIT_CODE, identity.credit_code),) if identity.credit_code else ()
    return (*code, IdentityKey(NAME, full))


def compare(declared: Identity, known: Identity, bounds: Bounds) -> Likeness:
    """Compare two identities; codes that differ rule out exactness, whatever the names say."""
    if declared.credit_code and declared.credit_code == known.credit_code:
        return Likeness(Outcome.EXACT, bounds.certain, (CREDIT_CODE,))
    same_name = declared.parts.full == known.parts.full
    same_phone = not declared.phone_keys.isdisjoint(known.phone_keys)
    one_side_without_code = not (declared.credit_code and known.credit_code)
    if same_name and same_phone and one_side_without_code:
        return Likeness(Outcome.EXACT, bounds.certain, (NAME_AND_PHONE,))
    if Nature.PERSON in (declared.nature, known.nature):
        return _compare_persons(bounds) if same_phone else _NOTHING
    if same_name:
        return Likeness(Outcome.PROBABLE, bounds.same_name, ("same-name",))
    return _compare_firms(
        declared, known, bounds, same_phone=same_phone, codes_differ=not one_side_without_code
    )


def judge(declared: Identity, known: Iterable[Known], bounds: Bounds) -> Match:
    """Find what the declared customer is among the known ones."""
    compared = [(other, compare(declared, other.identity, bounds)) for other in known]
    exact = [(other, like) for other, like in compared if like.outcome is Outcome.EXACT]
    if exact:
        other, like = min(exact, key=lambda pair: (pair[1].reasons != (CREDIT_CODE,), pair[0].customer_id))
        return Match(Outcome.EXACT, other, like.reasons, ())
    for outcome in (Outcome.PROBABLE, Outcome.RELATED):
        found = [pair for pair in compared if pair[1].outcome is outcome]
        if found:
            return Match(outcome, None, (), _candidates(found))
    return Match(Outcome.NONE, None, (), ())


def _candidates(found: Sequence[tuple[Known, Likeness]]) -> tuple[Candidate, ...]:
    ranked = sorted(found, key=lambda pair: -pair[1].score)
    return tuple(
        Candidate(other.customer_id, other.identity.name, other.org_id, like.score, like.reasons)
        for other, like in ranked
    )


def _compare_persons(bounds: Bounds) -> Likeness:
    # Namesakes are common: only the phone ties persons to each other, or a person to a firm.
    return Likeness(Outcome.RELATED, bounds.same_phone, ("same-phone",))


def _compare_firms(
    declared: Identity, known: Identity, bounds: Bounds, *, same_phone: bool, codes_differ: bool
) -> Likeness:
    mine, other = declared.parts, known.parts
    score = _name_score(mine, other, bounds)
    reasons = ["similar-name"]
    if same_phone:
        reasons.append("same-phone")
    if (
        declared.address
        and known.address
        and fuzz.ratio(declared.address, known.address) >= bounds.same_address
    ):
        reasons.append("same-address")
    like_enough = score >= (bounds.probable_with_phone if same_phone else bounds.probable)
    if not like_enough:
        return Likeness(Outcome.RELATED, round(score), ("same-phone",)) if same_phone else _NOTHING
    tie = _tie(mine, other, codes_differ)
    if tie:
        return Likeness(Outcome.RELATED, round(score), (*tie, *reasons))
    return Likeness(Outcome.PROBABLE, round(score), tuple(reasons))


def _name_score(mine: CompanyName, other: CompanyName, bounds: Bounds) -> float:
    likeness = fuzz.ratio(mine.core, other.core)
    if mine.trade == other.trade and (mine.line == other.line or not (mine.line and other.line)):
        return bounds.same_trade
    return max(likeness, bounds.same_sound) if pinyin(mine.core) == pinyin(other.core) else likeness


def _tie(mine: CompanyName, other: CompanyName, codes_differ: bool) -> tuple[str, ...]:
    """Name what makes two like firms two: branch and head office, group and member, another region, another code."""
    ties = {
        "branch": mine.branch != other.branch,
        "group": mine.group != other.group,
        "other-region": _apart(mine.region, other.region),
        "other-credit-code": codes_differ,
    }
    return tuple(name for name, holds in ties.items() if holds)


def _apart(mine: str, other: str) -> bool:
    bare, other_bare = _RANK.sub("", mine), _RANK.sub("", other)
    return bool(bare and other_bare) and bare not in other_bare and other_bare not in bare


_RANK = re.compile("[省市区县州]|自治|林区|中国")
_NOTHING = Likeness(Outcome.NONE, 0, ())
