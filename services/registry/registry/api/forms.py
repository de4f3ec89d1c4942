"""The declaration and annex 1 as request bodies (hubei, annex 1)."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body, Money
from chassis.http.moments import Day
from registry.api.context import person
from registry.api.texts import Division, Industry, LongText, OrgId, Phone, Text
from registry.commands.declaring import Annex1, SubmitDeclaration
from registry.handlers.territory import Places
from registry.model.codes import read_credit_code
from registry.model.customers import Nature
from registry.model.declarations import Prospect
from registry.settings import LINES_MOST, PHONES_MOST

FormKind = Literal[
    "government-military",
    "transport",
    "finance",
    "culture-education-research",
    "information",
    "manufacturing",
    "other",
]
FormBusiness = Literal[
    "catering-entertainment", "transport", "manufacturing", "public-services", "press-publishing", "other"
]
Lines = Annotated[list[Text], Field(min_length=1, max_length=LINES_MOST)]


class CustomerIn(Body):
    """The declared customer."""

    name: Text
    credit_code: Text | None = None
    phones: Annotated[list[Phone], Field(default_factory=list, max_length=PHONES_MOST)]
    address: Text | None = None
    division: Division
    nature: Nature

    def prospect(self) -> Prospect:
        """Give it as the registry knows a prospect; refuses a wrong credit code."""
        return Prospect(
            name=self.name,
            nature=self.nature,
            division=self.division,
            credit_code=read_credit_code(self.credit_code) if self.credit_code else None,
            phones=tuple(self.phones),
            address=self.address,
        )


class Annex1In(Body):
    """The registration form."""

    kind: FormKind
    business: FormBusiness
    contact: Text
    contact_phone: Phone
    address: Text
    handler: Text
    own_number: Text | None = None
    head: Text | None = None
    mobile: Phone | None = None
    fax: Phone | None = None
    postcode: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    other: LongText | None = None
    lines: Lines | None = None
    served_by: Text | None = None
    supporting_org_id: OrgId | None = None
    handler_phone: Phone | None = None
    filed_on: Day | None = None
    industry: Industry | None = None
    estimated_yearly_fees: Money | None = None
    importance: Literal["important", "potential"] | None = None
    importance_level: Literal["network-hq", "province", "city", "county"] | None = None

    def form(self) -> Annex1:
        """Give it as the registry's form."""
        fees = self.estimated_yearly_fees
        return Annex1(
            written=self.model_dump(mode="json", exclude_none=True),
            estimated_fees=Decimal(fees) if fees is not None else None,
            importance=self.importance,
            importance_level=self.importance_level,
            industry=self.industry,
            address=self.address,
            supporting_org_id=self.supporting_org_id,
        )


class DeclarationIn(Body):
    """What a team declares before it develops a customer; `signed_in`, `arises_in`: where it signs, where business arises."""

    customer: CustomerIn
    lines: Lines
    org_id: OrgId | None = None
    annex_1: Annex1In | None = None
    signed_in: Division | None = None
    arises_in: Division | None = None

    def places(self) -> Places:
        """Give where it signs and where business arises."""
        return Places(self.signed_in, self.arises_in)

    def command(self, caller: Caller) -> SubmitDeclaration:
        """Give it as the registry's command; the declaring unit is the caller's own unless named."""
        who = person(caller)
        return SubmitDeclaration(
            asker=who,
            org_id=self.org_id or who.org_id,
            prospect=self.customer.prospect(),
            lines=tuple(self.lines),
            annex_1=self.annex_1.form() if self.annex_1 else None,
        )
