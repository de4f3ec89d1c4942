"""Customer files as callers see them: layers that one may not see are absent, looks at narrow ones are recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from registry.commands.asking import Asker
from registry.handlers.files import PHONE_FIELDS, Kept
from registry.model.customers import Customer, Nature
from registry.model.files import Confidentiality, Content, CustomerFile, FiledWith, Filing, Layer
from registry.policies.files import (
    UseSoFar,
    completeness,
    goes_to_province,
    levels,
    must_have_file,
    standing,
    whole,
)
from registry.ports.desk import Seal
from registry.queries import shown
from registry.queries.customers import row_of
from registry.settings import MONTHS_A_YEAR, SHARE_STEP
from registry.tables.customers import customer_of
from registry.tables.files import file_of, filing_of
from registry.tables.shapes import from_json, moment
from regulations.provisions import Decision, Provision
from regulations.rulebook import NoLaw
from regulations.topics.registration import FileConfidentiality, FileLayers, FileReporting, MandatoryFile


@dataclass(frozen=True)
class FileEyes:
    """Who looks, by which law, on which day."""

    asker: Asker
    law: Snapshot
    vault: Seal
    today: date


@dataclass(frozen=True)
class Seen:
    """A file in the sight of somebody: the layers shown, and their levels."""

    kept: Kept
    levels: Mapping[Layer, Confidentiality]

    @property
    def layers(self) -> list[Layer]:
        """The layers that this person may see."""
        return [layer for layer in Layer if self.kept.standing.reads(self.levels[layer])]

    @property
    def in_full(self) -> bool:
        """Whether phones and natural persons' names are shown unmasked."""
        return self.kept.standing.reads(Confidentiality.INTERNAL)

    def contents(self) -> dict[Layer, Content]:
        """Give what is shown, layer by layer."""
        contents = whole(self.kept.file, self.kept.customer)
        if not self.in_full and isinstance(basic := contents[Layer.BASIC], Mapping):
            contents[Layer.BASIC] = _masked(basic, self.kept.customer)
        return {layer: contents[layer] for layer in self.layers}


async def one_file(tx: Transaction, key: str, eyes: FileEyes) -> tuple[dict[str, Any], int]:
    """Show the file of a customer of the scope, with its version; raises NotFound."""
    kept = await kept_file(tx, key, eyes)
    return await shown_file(tx, kept, eyes), kept.file.version


async def kept_file(tx: Transaction, key: str, eyes: FileEyes) -> Kept:
    """Give the file of a customer of the scope, and what the asker is to it; raises NotFound."""
    customer = customer_of(await row_of(tx, key), eyes.vault)
    row = await tx.fetchrow("SELECT * FROM customer_file WHERE customer_id = $1", customer.customer_id)
    file = file_of(row, eyes.vault) if row else CustomerFile(customer.customer_id)
    return Kept(customer, file, standing(eyes.asker, customer, eyes.law.path(customer.org_id)))


async def shown_file(tx: Transaction, kept: Kept, eyes: FileEyes) -> dict[str, Any]:
    """Show a file to somebody; what is narrow is recorded as looked at."""
    customer = kept.customer
    seen = sight(kept, eyes)
    await record_look(tx, seen)
    layers = eyes.law.find(FileLayers, org_id=customer.org_id, day=eyes.today)
    filings = await _filings(tx, customer)
    return {
        "customer_id": customer.customer_id,
        "customer_code": customer.customer_code,
        **{layer.member: content for layer, content in seen.contents().items()},
        "confidentiality": {layer.member: level for layer, level in seen.levels.items()},
        "completeness": completeness(whole(kept.file, customer), layers, SHARE_STEP),
        "mandatory": _decision(await _mandatory(tx, kept, eyes)),
        "filing": {center.value: _filing_state(center, kept, filings, eyes) for center in FiledWith},
        "filings": [_filing(filing) for filing in filings],
        "version": kept.file.version,
    }


def sight(kept: Kept, eyes: FileEyes) -> Seen:
    """Give what of a file somebody sees."""
    law = eyes.law.find(FileConfidentiality, org_id=kept.customer.org_id, day=eyes.today)
    return Seen(kept, levels(kept.file.raised, law))


async def record_look(tx: Transaction, seen: Seen) -> None:
    """Record a look at restricted layers and at full phone numbers."""
    subject = f"customer:{seen.kept.customer.customer_id}"
    restricted = [layer for layer in seen.layers if seen.levels[layer] is Confidentiality.RESTRICTED]
    if restricted:
        await audit.record(tx, audit.Look("restricted-layer", subject, restricted))
    phones = [field for field in PHONE_FIELDS if field in seen.kept.file.basic]
    if seen.in_full and Layer.BASIC in seen.layers and phones:
        await audit.record(tx, audit.Look("personal-data", subject, phones))


def shown_filing(filing: Filing, required: Decision[bool], version: int) -> dict[str, Any]:
    """Show a filing to the one who made it, with whether the law asked for it."""
    return {**_filing(filing), **_decision(required), "version": version}


async def file_history(
    tx: Transaction, key: str, layer: Layer | None, eyes: FileEyes, paging: Paging
) -> dict[str, Any]:
    """List what changes replaced, newest first, of the layers that the asker sees; restricted ones are recorded."""
    seen = sight(await kept_file(tx, key, eyes), eyes)
    await record_look(tx, seen)
    conditions = {
        "h.customer_id = {}": seen.kept.customer.customer_id,
        "h.layer = ANY ({})": [str(one) for one in seen.layers],
        "h.layer = {}": layer,
    }
    newest = (Key("h.change_id", UUID, newest_first=True),)
    sorts = {"at": Key("h.at", datetime.fromisoformat)}
    listing = Listing("customer_file_change h", newest, conditions, sorts=sorts)
    return await listed(tx, listing, paging, lambda row: _change(row, seen, eyes))


def _change(row: asyncpg.Record, seen: Seen, eyes: FileEyes) -> dict[str, Any]:
    former = from_json(eyes.vault.open(row["former"]))
    if isinstance(former, dict) and not seen.in_full:
        former = _masked(former, seen.kept.customer)
    return {
        "change_id": row["change_id"],
        "version": row["version"],
        "layer": row["layer"],
        "fields": row["fields"],
        "former": former,
        "source": row["source"],
        "staff_id": row["staff_id"],
        "org_id": row["org_id"],
        "at": moment(row["at"]),
    }


async def _filings(tx: Transaction, customer: Customer) -> list[Filing]:
    rows = await tx.fetch(
        "SELECT * FROM customer_file_filing WHERE customer_id = $1 ORDER BY filing_id", customer.customer_id
    )
    return [filing_of(row) for row in rows]


def _filing(filing: Filing) -> dict[str, Any]:
    return {
        "id": filing.filing_id,
        "with": filing.filed_with,
        "filed_on": filing.filed_on,
        "file_version": filing.file_version,
        "staff_id": filing.staff_id,
        "org_id": filing.org_id,
        "at": filing.at,
    }


def _filing_state(center: FiledWith, kept: Kept, filings: Sequence[Filing], eyes: FileEyes) -> dict[str, Any]:
    """Say whether a filing is asked for, since when there is one, and whether the file has changed after the last."""
    of_center = [filing for filing in filings if filing.filed_with is center]
    reporting = eyes.law.find(FileReporting, org_id=kept.customer.org_id, day=eyes.today)
    state: dict[str, Any] = {
        "filed_on": of_center[0].filed_on if of_center else None,
        "changed_since": bool(of_center) and of_center[-1].file_version < kept.file.version,
    }
    if center is FiledWith.PROVINCE:
        state |= _decision(goes_to_province(kept.customer.initial_class, reporting))
    return state


async def _mandatory(tx: Transaction, kept: Kept, eyes: FileEyes) -> Decision[bool]:
    customer = kept.customer
    since = await tx.fetchval("SELECT since FROM assignment WHERE customer_id = $1", customer.customer_id)
    fees = kept.file.basic.get("yearly_express_fees")
    use = UseSoFar(
        since=moment(since).date() if since else None,
        monthly_average=(Decimal(fees) / MONTHS_A_YEAR).quantize(SHARE_STEP, ROUND_HALF_UP) if fees else None,
        today=eyes.today,
    )
    reporting = eyes.law.find(FileReporting, org_id=customer.org_id, day=eyes.today)
    return must_have_file(customer.state, use, reporting, _mandatory_law(customer, eyes))


def _mandatory_law(customer: Customer, eyes: FileEyes) -> Provision[MandatoryFile] | None:
    try:
        return eyes.law.find(MandatoryFile, org_id=customer.org_id, day=eyes.today)
    except NoLaw:
        return None


def _decision(decision: Decision[bool]) -> dict[str, Any]:
    return {"required": decision.outcome, "because": decision.because.to_json()}


def _masked(basic: Mapping[str, Any], customer: Customer) -> dict[str, Any]:
    masked = dict(basic)
    for field in PHONE_FIELDS:
        if masked.get(field):
            [masked[field]] = shown.phones([masked[field]], full=False)
    if customer.nature is Nature.PERSON and masked.get("name"):
        masked["name"] = shown.masked(masked["name"])
    return masked
