"""Desks laid out over one transaction."""

from chassis.directory import Snapshot
from chassis.transaction import Transaction
from chassis.vault import Vault
from pricing.ports import Desk
from pricing.repository.accounts import Accounts
from pricing.repository.agreements import Agreements
from pricing.repository.customers import Customers
from pricing.repository.tariffs import Tariffs


def desk_over(tx: Transaction, law: Snapshot, vault: Vault) -> Desk:
    """Give a desk."""
    return Desk(
        now=tx.now,
        law=law,
        customers=Customers(tx),
        tariffs=Tariffs(tx, law, vault),
        agreements=Agreements(tx, law, vault),
        accounts=Accounts(tx, law),
    )
