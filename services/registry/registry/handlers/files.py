"""Keeping, filing and taking in customer files (hubei, art. 17, 18, annex 2)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chassis.ids import uuid7
from contracts.refusals import Forbidden, InvalidValue, NotFound
from registry.commands.asking import Asker
from registry.commands.customers import ChangeFile, FileWithCenter, TakeAnnex2
from registry.handlers.stale import must_be_version
from registry.handlers.wanted import wanted_customer
from registry.model.customers import Customer
from registry.model.files import (
    Confidentiality,
    Content,
    CustomerFile,
    FiledWith,
    Filing,
    Layer,
    Source,
    amended,
    changes,
    raises,
    with_person,
)
from registry.model.refusals import FileNotBuilt, FileNotWithCity, NameDiffers
from registry.model.staff import Role
from registry.policies.files import (
    Standing,
    check_raised,
    completeness,
    goes_to_province,
    levels,
    standing,
    whole,
)
from registry.policies.names import normalised
from registry.ports.care import CareDesk
from registry.settings import COMPETITORS_MOST, KEY_PERSONS_MOST, SHARE_STEP
from regulations.provisions import Because, Decision
from regulations.topics.registration import FileConfidentiality, FileLayers, FileReporting

# The customer itself keeps these; a file only shows them.
OF_CUSTOMER = frozenset({"address", "industry"})
PHONE_FIELDS = ("business_head_phone", "business_head_mobile", "contact_phone", "contact_mobile", "fax")


@dataclass(frozen=True)
class Kept:
    """A file with its customer, and what the asker is to it."""

    customer: Customer
    file: CustomerFile
    standing: Standing


@dataclass(frozen=True)
class Writing:
    """What a change makes of a file: its layers, facts of the customer itself, levels (None: as they are)."""

    layers: Mapping[Layer, Content]
    of_customer: Mapping[str, Any]
    raised: Mapping[Layer, Confidentiality] | None = None
    source: Source = Source.PERSON


async def change_file(command: ChangeFile, desk: CareDesk) -> Kept:
    """Change layers that the asker sees; refuses others, and a version that is no longer current."""
    kept = await _to_write(command.asker, command.key, desk)
    law = desk.law.find(FileConfidentiality, org_id=kept.customer.org_id, day=desk.today)
    must_be_version(kept.file.version, command.version)
    check_raised(command.raised, law)
    shown = levels(kept.file.raised, law)
    for layer in {*command.fields, *command.lists, *command.raised}:
        if not kept.standing.reads(shown[layer]):
            raise Forbidden(
                "您无权查看该层次，不能更改", "you may not see this layer", pointer=f"/{layer.member}"
            )
    after: dict[Layer, Content] = dict(command.lists)
    for layer, fields in command.fields.items():
        own = {name: value for name, value in fields.items() if name not in OF_CUSTOMER}
        after[layer] = amended(_fields(kept.file, layer), own)
    raised = {**kept.file.raised, **command.raised}
    return await _write(kept, Writing(after, _of_customer(command.fields), raised), desk)


async def take_annex_2(command: TakeAnnex2, desk: CareDesk) -> Kept:
    """Take a form in: what is filled in is added or renewed, nothing is taken out; it counts as filed with the city."""
    key = await _named(command, desk)
    kept = await _to_write(command.asker, key, desk)
    if command.name and normalised(command.name) != normalised(kept.customer.name):
        raise NameDiffers(
            "客户名称与该代码的客户不符",
            "the name is not that of the customer with this code",
            pointer="/name",
        )
    after: dict[Layer, Content] = {}
    fields: dict[Layer, Mapping[str, Any]] = {}
    for layer, brought in command.layers.items():
        if isinstance(brought, Mapping):
            fields[layer] = brought
            own = {name: value for name, value in brought.items() if name not in OF_CUSTOMER}
            after[layer] = {**_fields(kept.file, layer), **own}
        else:
            after[layer] = _joined(kept.file, layer, brought)
    facts = _of_customer(fields) | _first_filed(kept.customer, FiledWith.CITY, desk)
    written = await _write(kept, Writing(after, facts, source=Source.FORM), desk)
    if written.file.empty:
        raise FileNotBuilt("表中没有填写任何内容", "nothing is filled in")
    await desk.files.file_with(_filing(written, FiledWith.CITY, command.asker, desk))
    return written


async def file_with_center(command: FileWithCenter, desk: CareDesk) -> tuple[Kept, Filing, Decision[bool]]:
    """File a file with the city by its unit, or with the province by the city; says whether the law asks for it."""
    kept = await _to_write(command.asker, command.key, desk)
    reporting = desk.law.find(FileReporting, org_id=kept.customer.org_id, day=desk.today)
    if kept.file.empty:
        raise FileNotBuilt(
            "该客户尚未建立档案", "the customer has no file yet", because=_why(reporting.cite())
        )
    if command.filed_with is FiledWith.PROVINCE:
        _check_city_files(command.asker, kept.customer, desk)
        if kept.customer.filed_on is None:
            raise FileNotWithCity(
                "该档案尚未报送市州中心",
                "the file has not been filed with the city",
                because=_why(reporting.cite()),
            )
    required = (
        goes_to_province(kept.customer.initial_class, reporting)
        if command.filed_with is FiledWith.PROVINCE
        else Decision(
            True,
            Because.of(reporting.cite(), zh="向市州中心申报", en="files are filed with the city's center"),
        )
    )
    filing = _filing(kept, command.filed_with, command.asker, desk)
    await desk.files.file_with(filing)
    first = _first_filed(kept.customer, command.filed_with, desk)
    return replace(kept, customer=await _told(kept.customer, kept.file, first, desk)), filing, required


async def _to_write(asker: Asker, key: str, desk: CareDesk) -> Kept:
    customer = await wanted_customer(key, desk.customers)
    who = standing(asker, customer, desk.tree.path(customer.org_id))
    if not who.writes:
        raise Forbidden(
            "档案由该客户的客户经理、单位负责人或上级中心维护",
            "a file is kept by the customer's manager, its unit head or a center above",
        )
    return Kept(customer, await desk.files.get(customer.customer_id), who)


async def _named(command: TakeAnnex2, desk: CareDesk) -> str:
    if command.code:
        return command.code
    found = await desk.files.named(command.name or "")
    if not found:
        raise NotFound("没有该名称的客户", "no customer of this name", pointer="/name")
    if len(found) > 1:
        raise InvalidValue(
            "同名客户不止一户，请填客户代码",
            "several customers have this name: give the code",
            pointer="/name",
        )
    return str(found[0])


async def _write(kept: Kept, writing: Writing, desk: CareDesk) -> Kept:
    _check_phones(writing.layers, desk)
    raised = kept.file.raised if writing.raised is None else writing.raised
    differences = [*changes(kept.file, writing.layers), *raises(kept.file, raised)]
    file = kept.file
    if differences:
        file = replace(kept.file.with_layers(writing.layers), raised=raised)
        await desk.files.save(file, differences, writing.source)
    customer = await _told(kept.customer, file, writing.of_customer, desk)
    return replace(kept, customer=customer, file=file)


async def _told(customer: Customer, file: CustomerFile, facts: Mapping[str, Any], desk: CareDesk) -> Customer:
    """Write and tell the customer where what its events say has changed."""
    renewed = replace(customer, **facts)
    layers = desk.law.find(FileLayers, org_id=customer.org_id, day=desk.today)
    renewed = replace(renewed, completeness=completeness(whole(file, renewed), layers, SHARE_STEP))
    if renewed == customer:
        return customer
    renewed = renewed.changed()
    await desk.customers.save(renewed, None)
    return renewed


def _filing(kept: Kept, center: FiledWith, asker: Asker, desk: CareDesk) -> Filing:
    return Filing(
        filing_id=uuid7(),
        customer_id=kept.customer.customer_id,
        filed_with=center,
        filed_on=desk.today,
        file_version=kept.file.version,
        staff_id=asker.staff_id,
        org_id=asker.org_id,
        at=desk.now,
    )


def _first_filed(customer: Customer, center: FiledWith, desk: CareDesk) -> dict[str, Any]:
    """Give since when a file is with a center; what was filed again afterwards is in the list of filings."""
    if center is FiledWith.CITY:
        return {"filed_on": customer.filed_on or desk.today}
    return {"filed_with_province_on": customer.filed_with_province_on or desk.today}


def _check_city_files(asker: Asker, customer: Customer, desk: CareDesk) -> None:
    city = desk.tree.city_above(customer.org_id)
    center = asker.may(Role.CENTER_OFFICER, Role.CENTER_DIRECTOR)
    if not (center and asker.covers(desk.tree.path(city))):
        raise Forbidden("由市州大客户中心报省中心", "the city's center files with the province")


def _check_phones(after: Mapping[Layer, Content], desk: CareDesk) -> None:
    basic, persons = after.get(Layer.BASIC), after.get(Layer.KEY_PERSONS, ())
    phones = {f"/basic/{field}": basic.get(field) for field in PHONE_FIELDS if isinstance(basic, Mapping)}
    for place, person in enumerate(persons):
        if isinstance(person, Mapping):
            phones[f"/key_persons/{place}/phone"] = person.get("phone")
    for pointer, phone in phones.items():
        if phone:
            _check_phone(phone, pointer, desk)


def _check_phone(phone: str, pointer: str, desk: CareDesk) -> None:
    try:
        desk.phone_keys.keys(phone)
    except InvalidValue as wrong:
        raise InvalidValue("不是电话号码", "no phone number", pointer=pointer) from wrong


def _of_customer(fields: Mapping[Layer, Mapping[str, Any]]) -> dict[str, Any]:
    basic = fields.get(Layer.BASIC, {})
    return {name: value for name, value in basic.items() if name in OF_CUSTOMER}


def _fields(file: CustomerFile, layer: Layer) -> Mapping[str, Any]:
    current = file.layer(layer)
    return current if isinstance(current, Mapping) else {}


def _joined(file: CustomerFile, layer: Layer, brought: tuple[Mapping[str, Any], ...]) -> Content:
    entries: tuple[Mapping[str, Any], ...]
    if layer is Layer.KEY_PERSONS:
        entries, most = file.key_persons, KEY_PERSONS_MOST
        for person in brought:
            entries = with_person(entries, person)
    else:
        new = tuple(one for one in brought if one not in file.competitors)
        entries, most = (*file.competitors, *new), COMPETITORS_MOST
    if len(entries) > most:
        raise InvalidValue(
            f"档案中最多 {most} 项", f"a file holds at most {most}", pointer=f"/{layer.member}/0/name"
        )
    return entries


def _why(reason: Any) -> Mapping[str, Any]:
    return Because.of(reason).to_json()
