"""Liability and the ledger between units: rows, and events without amounts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from asyncpg import Record

from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import service_desk as told
from contracts.envelope import Event
from contracts.refusals import NotFound
from contracts.values import code_and_id
from service_desk.model.cases import Link
from service_desk.model.compensations import Liability, LiabilityAct, LiabilityState, Share
from service_desk.model.ledger import Entry, EntryKind
from service_desk.model.remedies import AlreadyCorrected
from service_desk.ports.money import Assigned
from service_desk.repository.compensations import stale

ONE = """
SELECT l.compensation_id, l.case_no, l.state, l.version, l.round, l.subject, l.org_id, path_of(l.org_id) AS orgpath,
  l.customer_id, l.creditor_org_id, l.amount, l.above_limit, l.paid_at, l.assigned_by, l.appeal_until, l.decider_org_id,
  l.decided_at, ARRAY(SELECT s.actor FROM liability_step s WHERE s.compensation_id = l.compensation_id) AS makers
FROM liability l WHERE l.case_no = $1 OR l.compensation_id = $2
"""

SHARES = "SELECT link, org_id, share, amount FROM shares_of($1, $2)"

SAVE = """
WITH s AS (
  UPDATE liability SET state = $3, round = $4, assigned_by = $5, appeal_until = $6, decider_org_id = $7, decided_at = $8,
    settled_at = CASE WHEN $9 THEN $10::timestamptz END, version = version + 1
  WHERE compensation_id = $1 AND version = $2 RETURNING compensation_id AS id, version),
w AS (
  INSERT INTO liability_step (compensation_id, version, step, at, actor, org_id, because, words)
  SELECT id, version, $11, $10, $12, $13, $14::json, $15 FROM s)
SELECT announce($16::jsonb), settle_deadlines('service-desk', 'compensation', id::text, $17::text[], $10) FROM s
"""

CHARGE = """
INSERT INTO liability_share (compensation_id, round, link, org_id, creditor_org_id, share, amount)
SELECT $1, $2, s.link, s.org_id, $3, s.share, s.amount
FROM jsonb_to_recordset($4::jsonb) AS s(link text, org_id text, share numeric, amount numeric)
"""

POST = """
INSERT INTO settlement_entry (id, kind, debtor_org_id, creditor_org_id, amount, period, case_no, compensation_id, corrects,
  replaces, posted_at, posted_by, words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

LINE = """
INSERT INTO settlement_line (entry_id, org_id, counterparty_org_id, period, amount) VALUES ($1, $2, $3, $4, $5)
"""

ENTRY = """
SELECT id, kind, debtor_org_id, creditor_org_id, amount, posted_at, posted_by, words, case_no, compensation_id,
  corrects, replaces
FROM settlement_entry WHERE id = $1
"""

LOCK = "SELECT pg_advisory_xact_lock(hashtext('settlement:' || $1 || ':' || $2))"
OWED = "SELECT owed_between($1, $2)"

FACTS: Mapping[LiabilityAct, type[told.LiabilityFact]] = {
    LiabilityAct.ASSIGN: told.LiabilityAssigned,
    LiabilityAct.APPEAL: told.LiabilityAppealed,
    LiabilityAct.DECIDE: told.LiabilityDecided,
    LiabilityAct.SETTLE: told.LiabilitySettled,
}
CHARGES = frozenset({LiabilityAct.ASSIGN, LiabilityAct.DECIDE})


class Liabilities:
    """Liability of one transaction."""

    def __init__(self, tx: Transaction, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault
        self.ledger = Ledger(tx, vault)

    async def get(self, reference: str, version: int) -> Liability:
        """Give the liability of a case number or id, in force; raises NotFound and StaleVersion."""
        row = await self._tx.fetchrow(ONE, *code_and_id(reference))
        if row is None:
            raise NotFound(
                f"没有索赔{reference}的责任认定。", f"There is no liability of a compensation {reference}."
            )
        if row["version"] != version:
            raise stale(row["case_no"])
        shares = await self._tx.fetch(SHARES, row["compensation_id"], row["round"])
        return _liability(row, tuple(_share(one) for one in shares))

    async def save(self, act: Assigned) -> None:
        """Write state, shares, step, clock and event together; raises StaleVersion."""
        after = act.after
        charges = act.act in CHARGES and after.shares != act.before.shares
        of_round = after.version if charges else after.round
        written = await self._tx.fetchrow(
            SAVE,
            after.compensation_id,
            act.before.version,
            after.state,
            of_round,
            after.assigned_by,
            after.appeal_until,
            after.decider_org_id,
            after.decided_at,
            after.state is LiabilityState.SETTLED,
            self._tx.now,
            act.act.value,
            self._tx.moment.actor,
            act.org_id,
            orjson.dumps(act.because.to_json()).decode(),
            self._vault.seal(orjson.dumps(dict(act.words)).decode()),
            self._tx.encoded([self._event(after, act)]),
            list(act.settles),
        )
        if written is None:
            raise stale(after.case_no)
        if charges:
            shares = [{**_told(share), "amount": str(share.amount)} for share in after.shares]
            encoded = orjson.dumps(shares).decode()
            await self._tx.execute(CHARGE, after.compensation_id, of_round, after.creditor_org_id, encoded)

    def _event(self, liability: Liability, act: Assigned) -> Event:
        decider = liability.decider_org_id
        return self._tx.event(
            FACTS[act.act](
                compensation_id=liability.compensation_id,
                case_no=liability.case_no,
                customer_id=liability.customer_id,
                state=liability.state,
                shares=[told.ShareFact(**_told(share)) for share in liability.shares],
                above_limit=liability.above_limit,
                org_id=liability.org_id,
                creditor=told.UnitFact(org_id=liability.creditor_org_id),
                decider=told.UnitFact(org_id=decider) if decider else None,
                appeal_until=liability.appeal_until,
                because=dict(act.because.to_json()),
            ),
            aggregate=f"liability:{liability.compensation_id}",
            version=liability.version,
            subject=liability.subject,
            orgpath=liability.orgpath,
        )


class Ledger:
    """The ledger between units, as one transaction writes it."""

    def __init__(self, tx: Transaction, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def post(self, *entries: Entry) -> None:
        """Write entries with their two lines each; raises AlreadyCorrected."""
        for entry in entries:
            period = entry.posted_at.strftime("%Y-%m")
            words = self._vault.seal(orjson.dumps({"reason": entry.reason}).decode())
            try:
                await self._tx.execute(
                    POST, entry.id, entry.kind, entry.debtor_org_id, entry.creditor_org_id, entry.amount, period,
                    entry.case_no, entry.compensation_id, entry.corrects, entry.replaces, entry.posted_at,
                    entry.posted_by, words,
                )  # fmt: skip
            except asyncpg.UniqueViolationError as error:
                raise AlreadyCorrected.of() from error
            for org_id, counterparty, amount in entry.lines:
                await self._tx.execute(LINE, entry.id, org_id, counterparty, period, amount)

    async def get(self, entry_id: UUID) -> Entry:
        """Give an entry; raises NotFound."""
        row = await self._tx.fetchrow(ENTRY, entry_id)
        if row is None:
            raise NotFound(f"没有分录{entry_id}。", f"There is no entry {entry_id}.")
        words: dict[str, Any] = orjson.loads(self._vault.open(row["words"]))
        values = {name: value for name, value in row.items() if name != "words"}
        return Entry(**{**values, "kind": EntryKind(row["kind"])}, reason=words.get("reason", ""))

    async def owed(self, debtor: str, creditor: str) -> Decimal:
        """Give what one unit owes another; whoever else asks for these two at the same time waits."""
        await self._tx.execute(LOCK, debtor, creditor)
        return Decimal(await self._tx.fetchval(OWED, debtor, creditor))


def _liability(row: Record, shares: tuple[Share, ...]) -> Liability:
    return Liability(
        **{
            **dict(row),
            "state": LiabilityState(row["state"]),
            "makers": frozenset(row["makers"]),
            "shares": shares,
        }
    )


def _share(row: Record) -> Share:
    return Share(Link(row["link"]), row["org_id"], row["share"], row["amount"])


def _told(share: Share) -> dict[str, str]:
    return {"link": share.link, "org_id": share.org_id, "share": f"{share.share.normalize():f}"}
