"""The layers of a customer's file as request bodies (hubei, annex 2)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from chassis.http.bodies import Body, Money
from registry.api.texts import Industry, LongText, Phone, Text
from registry.commands.asking import Asker
from registry.commands.customers import ChangeFile
from registry.model.files import Confidentiality, FiledWith, Layer
from registry.settings import COMPETITORS_MOST, KEY_PERSONS_MOST, LARGEST_NUMBER, LONGEST_TEXT, OLDEST

Postcode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=LONGEST_TEXT)]
SignedMoney = Annotated[str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$")]
Count = Annotated[int, Field(ge=0, le=LARGEST_NUMBER, strict=True)]
Level = Literal["open", "internal", "restricted"]


class BasicIn(Body):
    """The basic layer; name and code are the customer's own, address and industry change the customer."""

    number: Text | None = None
    address: Text | None = None
    postcode: Postcode | None = None
    business_head: Text | None = None
    business_head_phone: Phone | None = None
    business_head_mobile: Phone | None = None
    contact: Text | None = None
    contact_phone: Phone | None = None
    contact_mobile: Phone | None = None
    fax: Phone | None = None
    email: Email | None = None
    industry: Industry | None = None
    main_products: LongText | None = None
    serves: LongText | None = None
    yearly_express_fees: Money | None = None
    yearly_pieces: Count | None = None


class ExtendedIn(Body):
    """The extended layer; money in yuan, a loss is negative."""

    staff: Count | None = None
    registered_capital: Money | None = None
    yearly_profit: SignedMoney | None = None
    operating_condition: LongText | None = None
    funds: LongText | None = None
    credit: LongText | None = None
    potential: LongText | None = None


class KeyPersonIn(Body):
    """A person who matters; everything but the name may stay empty."""

    name: Text
    age: Annotated[int, Field(ge=0, le=OLDEST, strict=True)] | None = None
    address: Text | None = None
    post: Text | None = None
    ethnicity: Text | None = None
    marital_status: Text | None = None
    phone: Phone | None = None
    education: Text | None = None
    family: LongText | None = None
    dates: LongText | None = None
    character: LongText | None = None
    interests_and_taboos: LongText | None = None
    relation_to_competitors: LongText | None = None


class CompetitorIn(Body):
    """What is known of a competitor."""

    price: LongText | None = None
    volume: LongText | None = None
    market_share: Text | None = None
    marketing: LongText | None = None
    strengths_and_weaknesses: LongText | None = None

    @model_validator(mode="after")
    def tells_something(self) -> "CompetitorIn":
        """An entry without any field tells nothing."""
        if not self.model_dump(exclude_none=True):
            raise ValueError("竞争者信息为空 | the entry is empty")
        return self


class LevelsIn(Body):
    """Levels of layers; none below the law's own."""

    basic: Level | None = None
    extended: Level | None = None
    key_persons: Level | None = None
    competitors: Level | None = None

    def raised(self) -> dict[Layer, Confidentiality]:
        """Give the levels that were named."""
        named = {layer: getattr(self, layer.member) for layer in Layer}
        return {layer: Confidentiality(level) for layer, level in named.items() if level is not None}


class FileChange(Body):
    """What changes: absent fields stay as they are, null takes one out; lists are sent as a whole."""

    basic: BasicIn | None = None
    extended: ExtendedIn | None = None
    key_persons: Annotated[list[KeyPersonIn], Field(max_length=KEY_PERSONS_MOST)] | None = None
    competitors: Annotated[list[CompetitorIn], Field(max_length=COMPETITORS_MOST)] | None = None
    confidentiality: LevelsIn | None = None

    def command(self, asker: Asker, key: str, version: int) -> ChangeFile:
        """Give it as the registry's command."""
        fields = {Layer.BASIC: self.basic, Layer.EXTENDED: self.extended}
        lists = {Layer.KEY_PERSONS: self.key_persons, Layer.COMPETITORS: self.competitors}
        return ChangeFile(
            asker,
            key,
            version,
            fields={layer: _sent(body) for layer, body in fields.items() if body is not None},
            lists={
                layer: tuple(filled(entry) for entry in entries)
                for layer, entries in lists.items()
                if entries is not None
            },
            raised=self.confidentiality.raised() if self.confidentiality else {},
        )


class FilingIn(Body):
    """With whose center the file is filed."""

    with_: Annotated[FiledWith, Field(alias="with")]


def filled(body: Body) -> Mapping[str, Any]:
    """Give the fields that hold something."""
    return body.model_dump(mode="json", exclude_none=True)


def _sent(body: Body) -> Mapping[str, Any]:
    return body.model_dump(mode="json", exclude_unset=True)
