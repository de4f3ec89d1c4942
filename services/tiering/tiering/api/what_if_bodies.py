"""What is sent to make a what-if, and what its lists may be asked."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from chassis.http.bodies import Body
from chassis.http.moments import Day
from chassis.http.paging import SortedFilters
from tiering.api.tiers import ClassOrNone, OrgFilter
from tiering.model.what_ifs import DraftedAdoption, DraftedEnding, DraftedWording, Drafts
from tiering.settings import DRAFTS_MOST, FIRST_YEAR, LAST_YEAR, LONGEST_NAME

OrgId = Annotated[str, Field(pattern=r"^(CN|[0-9]{6}|[0-9]{9})(-[ST][0-9]{2})?$")]
Word = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]


class DraftIn(Body):
    """A topic worded otherwise at an organisation and below; its value is read by the topic's own class."""

    topic: Word
    org_id: OrgId
    in_force: Day | None = None
    value: Any


class AdoptionIn(Body):
    """A pack, or some of its topics, in the place of what an organisation has adopted itself."""

    org_id: OrgId
    pack: Word
    topics: Annotated[list[Word], Field(min_length=1)] | None = None


class EndingIn(Body):
    """A pack that an organisation would no longer have."""

    org_id: OrgId
    pack: Word


class WhatIfIn(Body):
    """Which drafts are tried on the fees of a year, over an organisation (absent: all of the center's), beside which base."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    year: Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]
    org_id: OrgId | None = None
    base: Literal["present law"] | UUID = "present law"
    drafts: Annotated[tuple[DraftIn, ...], Field(max_length=DRAFTS_MOST)] = ()
    adoptions: Annotated[tuple[AdoptionIn, ...], Field(max_length=DRAFTS_MOST)] = ()
    endings: Annotated[tuple[EndingIn, ...], Field(max_length=DRAFTS_MOST)] = ()

    @property
    def base_id(self) -> UUID | None:
        """The what-if that is the base, if one is."""
        return self.base if isinstance(self.base, UUID) else None

    def drafted(self) -> Drafts:
        """Give the drafts with the places where they stood."""
        return Drafts(
            tuple(
                DraftedWording(one.topic, one.org_id, one.value, one.in_force, f"/drafts/{number}")
                for number, one in enumerate(self.drafts)
            ),
            tuple(
                DraftedAdoption(one.org_id, one.pack, _topics(one), f"/adoptions/{number}")
                for number, one in enumerate(self.adoptions)
            ),
            tuple(
                DraftedEnding(one.org_id, one.pack, f"/endings/{number}")
                for number, one in enumerate(self.endings)
            ),
        )


class WhatIfFilters(SortedFilters):
    """Which what-ifs are listed; `name` is a part of it."""

    name: Annotated[str | None, Field(max_length=LONGEST_NAME)] = None
    year: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None
    org_id: OrgFilter = None
    base: UUID | None = None
    sort: (
        Literal["name", "-name", "year", "-year", "moved", "-moved", "revenue_affected", "-revenue_affected"]
        | None
    ) = None


class MoverFilters(SortedFilters):
    """Which movers are listed; `unlike`: whom another what-if gives something else."""

    from_: Annotated[ClassOrNone | None, Field(alias="from")] = None
    to: ClassOrNone | None = None
    direction: Literal["up", "down", "in", "out", "renamed"] | None = None
    org_id: OrgFilter = None
    unlike: UUID | None = None
    sort: Literal["revenue", "-revenue", "org_id", "-org_id"] | None = None


class ComparisonAsked(Body):
    """With which other what-if."""

    with_: Annotated[UUID, Field(alias="with")]


def _topics(one: AdoptionIn) -> tuple[str, ...] | None:
    return None if one.topics is None else tuple(one.topics)
