"""Whether a declared customer is one that somebody has: exact, probable, related or none (hubei, art. 13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from registry.model.customers import IdentityKey, Nature
from registry.model.declarations import Candidate, Outcome
from registry.policies.bodies import Kinship, kinship
from registry.policies.likeness import Bounds, Fields, Identity, Known, compare_fields, is_moved
from registry.policies.names import CompanyName

__all__ = ["Bounds", "Identity", "Known"]

CREDIT_CODE = "credit-code"
NAME = "name"
PERSON = "person"
NAME_AND_PHONE = "name-and-phone"
SAME_NAME = "same-name"
SIMILAR_NAME = "similar-name"
BRANCH = "branch"
GROUP = "group"
TARGET_MARKET = "target-market"
OF_NAMES = frozenset({SAME_NAME, SIMILAR_NAME, BRANCH, GROUP})
_STRENGTH = {Outcome.PROBABLE: 0, Outcome.RELATED: 1}


@dataclass(frozen=True)
class Likeness:
    """How one known customer compares: the outcome, a score out of 100, the scores field by field and the reasons."""

    outcome: Outcome
    score: int
    fields: Fields
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """The strongest outcome over all known customers; `same` is set when exact, `like` holds what may be it or is tied."""

    outcome: Outcome
    same: Known | None
    matched: tuple[str, ...]
    like: tuple[Candidate, ...]
    noted: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What was noted, and what of the names led to the outcome; whose phone or address it is, only the center sees."""
        found = (one for one in self.like if one.outcome is self.outcome)
        named = (reason for one in found for reason in one.reasons if reason in OF_NAMES)
        return tuple(dict.fromkeys([*self.noted, *named]))


def identity_keys(identity: Identity) -> tuple[IdentityKey, ...]:
    """Give the keys that no two customers share, in the order in which they are taken."""
    if identity.nature is Nature.PERSON:
        return tuple(IdentityKey(PERSON, f"{identity.full}|{key}") for key in sorted(identity.phone_keys))
    code = (IdentityKey(CREDIT_CODE, identity.credit_code),) if identity.credit_code else ()
    return (*code, IdentityKey(NAME, identity.full))


def compare(declared: Identity, known: Identity, bounds: Bounds) -> Likeness:
    """Compare two identities; codes that differ rule out exactness, whatever the names say."""
    fields = compare_fields(declared, known, bounds)
    if fields["credit_code"]:
        return Likeness(Outcome.EXACT, bounds.certain, fields, (CREDIT_CODE,))
    if declared.full == known.full and fields["phones"] and not fields.differ("credit_code"):
        return Likeness(Outcome.EXACT, bounds.certain, fields, (NAME_AND_PHONE,))
    judged = _persons if Nature.PERSON in (declared.nature, known.nature) else _firms
    outcome, reasons = judged(declared, known, fields, bounds)
    return Likeness(outcome, fields.total(bounds) if reasons else 0, fields, reasons)


def are_two(one: Identity, other: Identity) -> bool:
    """Tell whether two are certainly not one: each has a credit code, and another."""
    return bool(one.credit_code and other.credit_code and one.credit_code != other.credit_code)


def judge(declared: Identity, known: Iterable[Known], bounds: Bounds) -> Match:
    """Find what the declared customer is among the known ones."""
    compared = [(other, compare(declared, other.identity, bounds)) for other in known]
    exact = [(other, like) for other, like in compared if like.outcome is Outcome.EXACT]
    if exact:
        other, like = min(exact, key=lambda pair: (pair[1].reasons != (CREDIT_CODE,), pair[0].customer_id))
        return Match(Outcome.EXACT, other, like.reasons, ())
    found = [_candidate(other, like) for other, like in compared if like.outcome in _STRENGTH]
    # A customer that another leads to is compared under both names.
    likest = {one.customer_id: one for one in sorted(found, key=_rank, reverse=True)}
    ranked = sorted(likest.values(), key=_rank)
    # A customer into which others were merged is compared under each of their names: the likest stands for it.
    likest = {one.customer_id: one for one in reversed(ranked)}
    each = tuple(one for one in ranked if likest[one.customer_id] is one)
    return Match(each[0].outcome if each else Outcome.NONE, None, (), each)


def _rank(one: Candidate) -> tuple[int, int, UUID]:
    return _STRENGTH[one.outcome], -one.score, one.customer_id


def _candidate(other: Known, like: Likeness) -> Candidate:
    return Candidate(
        other.customer_id,
        other.identity.name,
        other.org_id,
        like.outcome,
        like.score,
        like.fields.scores,
        like.reasons,
        other.group_id,
    )


Judged = tuple[Outcome, tuple[str, ...]]
_NOTHING: Judged = (Outcome.NONE, ())


def _persons(mine: Identity, other: Identity, fields: Fields, bounds: Bounds) -> Judged:
    # Namesakes are common: only a phone or an address makes them one.
    contact = _contact(fields, bounds)
    if mine.nature is not other.nature or not contact:
        return _NOTHING
    if mine.full == other.full:
        return Outcome.PROBABLE, (SAME_NAME, *contact)
    alike = fields["phones"] and fields["name"] >= bounds.probable_with_contact
    return (Outcome.PROBABLE, (SIMILAR_NAME, *contact)) if alike else _NOTHING


def _firms(mine: Identity, other: Identity, fields: Fields, bounds: Bounds) -> Judged:
    contact = _contact(fields, bounds)
    tie = kinship(mine.parts, other.parts)
    if not mine.parts.region.apart(other.parts.region) and is_moved(mine.parts, other.parts):
        tie = Kinship.SAME
    if tie is Kinship.PART:
        return Outcome.RELATED, (BRANCH, SIMILAR_NAME, *contact)
    if tie is Kinship.SAME and not fields.differ("credit_code"):
        return Outcome.PROBABLE, (SIMILAR_NAME, *contact)
    if not contact and not _one_place(mine.parts, other.parts):
        return _NOTHING
    name = SAME_NAME if mine.full == other.full else SIMILAR_NAME
    ties = _ties(mine.parts, other.parts, fields, bounds, in_contact=bool(contact))
    if ties:
        return Outcome.RELATED, (*ties, name, *contact)
    if name != SAME_NAME and not _like_enough(fields, bounds, in_contact=bool(contact)):
        return _NOTHING
    if fields.differ("credit_code"):
        # Two codes are two firms; what they share is for the center to know.
        return (Outcome.RELATED, ("other-credit-code", name, *contact)) if contact else _NOTHING
    return Outcome.PROBABLE, (name, *contact)


def _one_place(one: CompanyName, two: CompanyName) -> bool:
    """Tell whether names that every place has one of are of one place and kind; trade names need not be."""
    if not (one.generic or two.generic):
        return True
    whole = bool(one.branch or two.branch) or one.form == two.form or not (one.form and two.form)
    places = {(name.region.city, name.region.county) for name in (one, two)}
    return one.valued == two.valued and len(places) == 1 and bool(one.region) and whole


def _contact(fields: Fields, bounds: Bounds) -> tuple[str, ...]:
    """Name what both can be reached by."""
    shared = {"same-phone": fields["phones"] > 0, "same-address": fields["address"] >= bounds.same_address}
    return tuple(reason for reason, holds in shared.items() if holds)


def _ties(
    one: CompanyName, two: CompanyName, fields: Fields, bounds: Bounds, *, in_contact: bool
) -> tuple[str, ...]:
    """Name what ties two of one trade name that are not one: a part and its whole, two parts, a group and its member.

    Namesakes of another line are no family, unless they share a phone or an address, or both call themselves the group.
    """
    if fields["trade"] < (bounds.related if in_contact else bounds.certain):
        return ()
    same_line = one.line == two.line
    both = one.group and two.group
    chain = one.chain and two.chain and fields["trade"] == bounds.certain
    apart = one.region.apart(two.region)
    if apart and not in_contact and not chain:
        return ()
    siblings = apart and same_line and (chain or fields["trade"] == bounds.certain)
    family = both or in_contact or not fields.differ("line")
    same_firm = in_contact and same_line and not one.region.apart(two.region)
    ties = {
        BRANCH: one.branch != two.branch and family and not both,
        GROUP: siblings
        or (both and (one.branch, one.line) != (two.branch, two.line))
        or (one.group != two.group and family and not same_firm),
    }
    return tuple(name for name, holds in ties.items() if holds)


def _like_enough(fields: Fields, bounds: Bounds, *, in_contact: bool) -> bool:
    """Tell whether two names may be one firm's; without a shared phone or address nothing else may speak against it."""
    if in_contact:
        return fields["trade"] >= bounds.probable_with_contact
    against = (fields.differ(field) for field in ("region", "line", "form", "branch"))
    return fields["trade"] >= bounds.probable and not any(against)
