"""Bills, settlements and accounts in the database, set by set, with what they tell and the clocks of credit."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis import deadlines
from chassis.deadlines import Deadline, Holder, Term
from chassis.directory import Snapshot
from chassis.encoding import dumps
from chassis.ids import uuid7
from chassis.transaction import Transaction
from contracts import pricing as told
from contracts.envelope import Event
from pricing.model.accounts import Account, Bill, CreditState
from pricing.model.customers import Customer
from pricing.ports import AccountChange, CreditClock, Payment
from pricing.repository.rows import insert, lock_clocks
from regulations.calendars import day_of

CREDIT_WARNING = "credit-warning"
SUBJECT = "credit"
MAKE = """
INSERT INTO account (customer_id) SELECT id FROM unnest($1::uuid[]) AS i(id) ORDER BY id ON CONFLICT DO NOTHING
"""
LOCK = "SELECT * FROM account WHERE customer_id = ANY ($1::uuid[]) ORDER BY customer_id FOR UPDATE"
BILLS = """
SELECT b.customer_id, b.month, b.amount, b.settled, b.due_on
FROM jsonb_to_recordset($1::jsonb) AS k(customer_id uuid, month text) JOIN bill b USING (customer_id, month)
"""
OLDEST = """
SELECT customer_id, min(due_on) AS due_on FROM bill
WHERE customer_id = ANY ($1::uuid[]) AND settled < amount GROUP BY customer_id
"""
TAKE_OFF = """
UPDATE bill b SET settled = b.settled + p.amount FROM (
  SELECT customer_id, month, sum(amount) AS amount
  FROM jsonb_to_recordset($1::jsonb) AS s(customer_id uuid, month text, amount numeric) GROUP BY customer_id, month) p
WHERE b.customer_id = p.customer_id AND b.month = p.month
"""
SAVE = """
WITH written AS (
  UPDATE account a SET oldest_due_on = n.oldest_due_on, version = n.version, credit_state = n.credit_state,
    credit_mark = n.credit_mark, credit_version = n.credit_version
  FROM jsonb_populate_recordset(NULL::account, $1::jsonb) n WHERE a.customer_id = n.customer_id RETURNING 1)
SELECT announce($2::jsonb) FROM (SELECT count(*) FROM written) counted
"""
CANCEL = "SELECT cancel_deadlines('credit', id, ARRAY['credit-warning'], $2) FROM unnest($1::text[]) AS i(id)"
TOLD: Mapping[CreditState, type[told.CreditFact]] = {
    CreditState.WARNED: told.CreditWarned,
    CreditState.STOPPED: told.CreditStopped,
    CreditState.NORMAL: told.CreditRestored,
}


class Accounts:
    """Accounts of one transaction."""

    def __init__(self, tx: Transaction, law: Snapshot) -> None:
        self._tx = tx
        self._law = law

    async def lock(self, customers: Sequence[Customer]) -> Sequence[Account]:
        """Give the accounts of customers, made where there were none, locked in one order with their clocks."""
        by_id = {customer.customer_id: customer for customer in customers}
        await lock_clocks(self._tx, SUBJECT, list(by_id))
        await self._tx.execute(MAKE, list(by_id))
        rows = await self._tx.fetch(LOCK, list(by_id))
        return [_account(row, by_id[row["customer_id"]]) for row in rows]

    async def bills(self, keys: Sequence[tuple[UUID, str]]) -> Mapping[tuple[UUID, str], Bill]:
        """Give the bills there are of these customers and months."""
        asked = [{"customer_id": customer_id, "month": month} for customer_id, month in set(keys)]
        rows = await self._tx.fetch(BILLS, dumps(asked).decode())
        return {(row["customer_id"], row["month"]): Bill(**row) for row in rows}

    async def enter(self, bills: Sequence[Bill]) -> None:
        """Write new bills."""
        rows = [
            {
                "customer_id": bill.customer_id,
                "month": bill.month,
                "amount": bill.amount,
                "settled": bill.settled,
                "due_on": bill.due_on,
                **self._recorded(),
            }
            for bill in bills
        ]
        await insert(self._tx, "bill", rows)

    async def settle(self, payments: Sequence[Payment]) -> None:
        """Write settlements and take them off their bills."""
        rows = [
            {
                "id": uuid7(),
                "customer_id": payment.customer_id,
                "month": payment.month,
                "amount": payment.amount,
                "paid_on": payment.paid_on,
                **self._recorded(),
            }
            for payment in payments
        ]
        await insert(self._tx, "settlement", rows)
        await self._tx.execute(TAKE_OFF, dumps(rows).decode())

    async def oldest_due(self, customers: Sequence[UUID]) -> Mapping[UUID, date]:
        """Give the due date of the oldest open bill of each customer that has one."""
        rows = await self._tx.fetch(OLDEST, list(customers))
        return {row["customer_id"]: row["due_on"] for row in rows}

    async def save(self, changes: Sequence[AccountChange]) -> None:
        """Write accounts and tell what changed."""
        if changes:
            rows = [_row(change.after) for change in changes]
            events = [event for change in changes for event in self._events(change)]
            await self._tx.fetchval(SAVE, dumps(rows).decode(), self._tx.encoded(events))

    async def restart(self, accounts: Sequence[UUID], clocks: Sequence[CreditClock]) -> None:
        """Cancel the running clocks of these accounts and start new ones."""
        await self._tx.execute(CANCEL, [str(one) for one in accounts], self._tx.now)
        if clocks:
            await deadlines.start(self._tx, [self._deadline(clock) for clock in clocks])

    def _deadline(self, clock: CreditClock) -> Deadline:
        account = clock.account
        staff_id = str(account.manager_id) if account.manager_id else None
        term = Term(
            kind=CREDIT_WARNING,
            subject=(SUBJECT, str(account.customer_id)),
            org_id=account.org_id,
            holder=Holder(account.org_id, "account-manager", staff_id),
            started_at=clock.started_at,
            duration=clock.length,
            because=clock.reasons,
            customer_id=str(account.customer_id),
        )
        return deadlines.plan(term, self._law, warn_at=())

    def _events(self, change: AccountChange) -> list[Event]:
        before, after = change.before, change.after
        events = []
        if after.version > before.version:
            fact = told.ArrearsChanged(
                customer_id=after.customer_id, org_id=after.org_id, oldest_due_on=after.oldest_due_on
            )
            events.append(self._event(fact, "arrears", after.version, after))
        for step, move in enumerate(change.credit, start=1):
            credit = TOLD[move.state](
                customer_id=after.customer_id,
                org_id=after.org_id,
                state=move.state,
                overdue_days=after.overdue_days(day_of(self._tx.now)) or None,
                because=move.because.to_json(),
            )
            events.append(self._event(credit, "credit", before.credit_version + step, after))
        return events

    def _event(self, fact: Any, thing: str, version: int, account: Account) -> Event:
        return self._tx.event(
            fact,
            aggregate=f"{thing}:{account.customer_id}",
            version=version,
            subject=str(account.customer_id),
            orgpath=account.orgpath,
        )

    def _recorded(self) -> dict[str, Any]:
        return {"recorded_at": self._tx.now, "recorded_by": self._tx.moment.actor}


def _account(row: Record, customer: Customer) -> Account:
    return Account(
        customer_id=row["customer_id"],
        org_id=customer.org_id,
        orgpath=customer.orgpath,
        manager_id=customer.manager_id,
        oldest_due_on=row["oldest_due_on"],
        version=row["version"],
        credit_state=CreditState(row["credit_state"]),
        credit_mark=row["credit_mark"],
        credit_version=row["credit_version"],
    )


def _row(account: Account) -> dict[str, Any]:
    return {
        "customer_id": account.customer_id,
        "oldest_due_on": account.oldest_due_on,
        "version": account.version,
        "credit_state": account.credit_state,
        "credit_mark": account.credit_mark,
        "credit_version": account.credit_version,
    }
