"""Bills and settlements, and what the age of the oldest open bill does to an account."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from pricing.commands import Asker, BillCustomer, SettleBill
from pricing.handlers.customers import all_named, known, must_answer_for
from pricing.model.accounts import Account, Bill, CreditState, month_end, month_start
from pricing.model.customers import Customer
from pricing.model.refusals.accounts import BillExists, BillTwice, DueTooEarly, NoBill, NoDueDate, Overpaid
from pricing.model.refusals.customers import InFuture
from pricing.policies import credit
from pricing.policies.credit import CreditRules
from pricing.policies.terms import due_under
from pricing.ports import AccountChange, CreditClock, Desk, Payment
from regulations.calendars import Duration, day_start
from regulations.provisions import Because
from regulations.topics.tariffs import AgreementTerms, Credit, CreditStop

Key = tuple[UUID, str]


async def bill_customers(commands: Sequence[BillCustomer], asker: Asker, desk: Desk) -> int:
    """Record monthly bills, all or none; gives how many are new: one that is on record alike changes nothing."""
    customers = await _named([command.customer for command in commands], asker, desk)
    accounts = await desk.accounts.lock(customers)
    keys = [
        (customer.customer_id, command.month) for command, customer in zip(commands, customers, strict=True)
    ]
    _must_differ(keys)
    _must_be_possible(commands, desk)
    due = await _due_dates(commands, customers, desk)
    on_record = await desk.accounts.bills(keys)
    new = []
    for place, (command, key) in enumerate(zip(commands, keys, strict=True)):
        bill = Bill(*key, command.amount, Decimal(0), due[place])
        before = on_record.get(key)
        if before is None:
            new.append(bill)
        elif (before.amount, before.due_on) != (bill.amount, bill.due_on):
            raise BillExists.of(command.month, f"/items/{place}")
    await desk.accounts.enter(new)
    await follow(accounts, desk)
    return len(new)


async def settle_bills(commands: Sequence[SettleBill], asker: Asker, desk: Desk) -> None:
    """Record payments on bills, all or none; a bill may be paid in parts."""
    customers = await _named([command.customer for command in commands], asker, desk)
    accounts = await desk.accounts.lock(customers)
    keys = [
        (customer.customer_id, command.month) for command, customer in zip(commands, customers, strict=True)
    ]
    bills = dict(await desk.accounts.bills(keys))
    for place, (command, key) in enumerate(zip(commands, keys, strict=True)):
        if command.paid_on > desk.today:
            raise InFuture.of(command.paid_on, f"/items/{place}/paid_on")
        if key not in bills:
            raise NoBill.of(command.month, f"/items/{place}/month")
        bill = bills[key]
        if command.amount > bill.open_amount:
            raise Overpaid.of(bill.open_amount, f"/items/{place}/amount")
        bills[key] = replace(bill, settled=bill.settled + command.amount)
    payments = [
        Payment(*key, command.amount, command.paid_on) for command, key in zip(commands, keys, strict=True)
    ]
    await desk.accounts.settle(payments)
    await follow(accounts, desk)


async def credit_bound_is_reached(customer_id: UUID, desk: Desk) -> None:
    """Follow an account whose oldest open bill has come of an age; raises UnknownCustomer, to be tried again."""
    customer = await known(customer_id, desk)
    await follow(await desk.accounts.lock([customer]), desk)


async def follow(accounts: Sequence[Account], desk: Desk) -> None:
    """Bring accounts in line with their bills: tell another oldest open bill, warn, stop or restore credit."""
    oldest = await desk.accounts.oldest_due([account.customer_id for account in accounts])
    rules = {org_id: _rules(org_id, desk) for org_id in {account.org_id for account in accounts}}
    changes = [
        change
        for account in accounts
        if (change := _change(account, oldest.get(account.customer_id), rules[account.org_id], desk))
    ]
    await desk.accounts.save(changes)
    clocks = [
        clock for change in changes if (clock := _clock(change.after, rules[change.after.org_id], desk))
    ]
    await desk.accounts.restart([change.after.customer_id for change in changes], clocks)


def _change(
    account: Account, oldest_due_on: date | None, rules: CreditRules, desk: Desk
) -> AccountChange | None:
    moves = tuple(credit.moves(account, oldest_due_on, desk.today, rules))
    told = oldest_due_on != account.oldest_due_on
    after = replace(
        account,
        oldest_due_on=oldest_due_on,
        version=account.version + 1 if told else account.version,
        credit_state=moves[-1].state if moves else account.credit_state,
        credit_version=account.credit_version + len(moves),
    )
    after = replace(after, credit_mark=credit.mark_reached(rules, after.overdue_days(desk.today)))
    return AccountChange(account, after, moves) if after != account else None


def _clock(account: Account, rules: CreditRules, desk: Desk) -> CreditClock | None:
    """The bound is reached as its day begins: so many days after the last day to settle."""
    if account.oldest_due_on is None or account.credit_state is CreditState.STOPPED:
        return None
    mark = credit.next_mark(rules, account.overdue_days(desk.today))
    if mark is None:
        return None
    started_at = day_start(account.oldest_due_on)
    return CreditClock(account, started_at, Duration(days=mark - 1), (rules.marks.cite(), rules.stop.cite()))


def _rules(org_id: str, desk: Desk) -> CreditRules:
    return CreditRules(
        desk.law.find(Credit, org_id=org_id, day=desk.today),
        desk.law.find(CreditStop, org_id=org_id, day=desk.today),
    )


async def _named(references: Sequence[str], asker: Asker, desk: Desk) -> list[Customer]:
    """Give the customers of a batch; also one that is closed still owes and pays."""
    pointers = [f"/items/{place}/customer" for place in range(len(references))]
    customers = await all_named(references, pointers, desk, gone_too=True)
    must_answer_for(asker, customers, pointers)
    return customers


def _must_differ(keys: Sequence[Key]) -> None:
    seen: set[Key] = set()
    for place, key in enumerate(keys):
        if key in seen:
            raise BillTwice.of(key[1], f"/items/{place}")
        seen.add(key)


def _must_be_possible(commands: Sequence[BillCustomer], desk: Desk) -> None:
    """Refuse a month that has not begun, and a bill that was to be settled before its month."""
    for place, command in enumerate(commands):
        first = month_start(command.month)
        if first > desk.today:
            raise InFuture.of(first, f"/items/{place}/month")
        if command.due_on is not None and command.due_on < first:
            raise DueTooEarly.of(command.month, f"/items/{place}/due_on")


async def _due_dates(
    commands: Sequence[BillCustomer], customers: Sequence[Customer], desk: Desk
) -> list[date]:
    """Give the last day to settle each bill: as given, else by the agreement in force at the month's end."""
    ends = [
        (customer.customer_id, month_end(command.month))
        for command, customer in zip(commands, customers, strict=True)
    ]
    asked = [end for command, end in zip(commands, ends, strict=True) if command.due_on is None]
    days: Mapping[tuple[UUID, date], int] = await desk.agreements.settlement_days(asked) if asked else {}
    due = []
    for place, (command, end) in enumerate(zip(commands, ends, strict=True)):
        if command.due_on is not None:
            due.append(command.due_on)
        elif end in days:
            due.append(due_under(days[end], command.month))
        else:
            rule = desk.law.find(AgreementTerms, org_id=customers[place].org_id, day=desk.today)
            because = Because.of(rule.cite()).to_json()
            raise NoDueDate.of(command.month, f"/items/{place}/due_on", because)
    return due
