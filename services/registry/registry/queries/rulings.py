"""A ruling as it is printed (裁决书), in both languages."""

from html import escape
from typing import Any
from uuid import UUID

from chassis.transaction import Transaction
from registry.model.disputes import Award, Dispute
from registry.model.refusals import WrongState
from registry.queries.declarations import Eyes
from registry.queries.disputes import found
from registry.queries.shown import name_of
from registry.tables.disputes import award_json, award_of
from registry.tables.shapes import from_json, moment

RULED = "SELECT * FROM dispute_step WHERE dispute_id = $1 AND step = 'ruled' ORDER BY step_id"
TITLES = {"zh": "开发权争议裁决书", "en": "Ruling on the right to develop"}


async def rulings(tx: Transaction, dispute_id: UUID, eyes: Eyes) -> dict[str, Any]:
    """Give every ruling on a dispute, the last at the end, each as it is printed; raises WrongState before the first."""
    known = await found(tx, dispute_id)
    rows = await tx.fetch(RULED, dispute_id)
    if not rows:
        raise WrongState("尚未裁决", "nobody has ruled yet")
    items = []
    for row in rows:
        award = award_of(from_json(row["award"]))
        because = from_json(row["because"])
        reason = eyes.vault.open(row["reason"])
        ruling = {
            "at": moment(row["at"]),
            "ruling_org_id": row["ruling_org_id"],
            "ruled_by": row["staff_id"],
            "award": award_json(award),
            "lead": award.lead if award else None,
            "reason": reason,
            "cites": row["cites"],
            "because": because,
        }
        text = _lines(known, ruling, award, eyes)
        items.append({**ruling, "printed": text})
    return {"dispute_id": dispute_id, "state": known.state, "rulings": items}


def as_html(document: dict[str, Any], language: str) -> str:
    """Give the rulings as a page to print; everything that people wrote is text there."""
    parts = []
    for ruling in document["rulings"]:
        lines = "".join(f"<p>{escape(line)}</p>" for line in ruling["printed"][language])
        parts.append(f"<section><h1>{TITLES[language]}</h1>{lines}</section>")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{TITLES[language]}</title></head><body>{''.join(parts)}</body></html>"
    )


def _lines(known: Dispute, ruling: dict[str, Any], award: Award | None, eyes: Eyes) -> dict[str, list[str]]:
    center = name_of(ruling["ruling_org_id"], eyes.law)
    parties = [name_of(party, eyes.law) for party in known.parties]
    lead = name_of(award.lead, eyes.law) if award else ""
    parts = [f"{name_of(one.org_id, eyes.law)} {one.share:%}" for one in award.shares] if award else []
    text = (ruling["because"] or {}).get("text", {})
    number, day = str(known.dispute_id), f"{ruling['at']:%Y-%m-%d}"
    return {
        "zh": [
            f"争议编号：{number}",
            f"当事单位：{'、'.join(parties)}",
            f"业务：{'、'.join(known.lines)}",
            f"裁决：由{lead}持有开发权；收入归属：{'、'.join(parts)}",
            f"理由：{ruling['reason']}",
            f"依据：{text.get('zh', '')}",
            f"{center}　{day}",
        ],
        "en": [
            f"Dispute: {number}",
            f"Parties: {', '.join(parties)}",
            f"Lines: {', '.join(known.lines)}",
            f"Ruling: {lead} holds the claim; revenue is credited to {', '.join(parts)}",
            f"Reason: {ruling['reason']}",
            f"By: {text.get('en', '')}",
            f"{center}, {day}",
        ],
    }
