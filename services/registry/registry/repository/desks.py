"""Desks laid out over one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.directory import Snapshot
from chassis.phones import NotAPhone, PhoneBook
from chassis.transaction import Transaction
from contracts.refusals import InvalidValue, Refusal
from registry.commands.asking import Asker
from registry.ports.care import CareDesk
from registry.ports.checks import CheckDesk, GroupDesk
from registry.ports.desk import Desk, Seal
from registry.ports.disputes import Court
from registry.ports.merges import MergeDesk
from registry.ports.rules import LawDesk
from registry.ports.tree import TreeDesk
from registry.repository.calendars import CalendarRows
from registry.repository.checks import CheckRows
from registry.repository.claims import ClaimRows, ClockRows
from registry.repository.customers import AssignmentRows, CustomerRows
from registry.repository.declarations import DeclarationRows
from registry.repository.development import CaseRows, LeadRows
from registry.repository.dispute_clocks import DisputeClockRows
from registry.repository.disputes import DisputeRows
from registry.repository.files import FileRows
from registry.repository.groups import GroupRows
from registry.repository.market import MarketRows
from registry.repository.merges import MergeRows
from registry.repository.rules import DraftRows, RuleRows
from registry.repository.staff import StaffRows
from registry.repository.tree import KnownTree, OrganisationRows
from registry.repository.uses import UseRows
from registry.repository.visits import SymposiumRows, VisitRows
from registry.settings import RegistrySettings
from regulations.rulebook import AmbiguousAdoption, NoLaw

# Other failures undo the whole transaction.
UNDONE = (Refusal, NoLaw, AmbiguousAdoption)


class DeskMaker:
    """Lays out desks with what lives as long as the process."""

    def __init__(self, settings: RegistrySettings, phones: PhoneBook, vault: Seal) -> None:
        self.settings = settings
        self.vault = vault
        self._phones = _Phones(phones)

    def desk(self, tx: Transaction, law: Snapshot) -> Desk:
        """Give a desk for declarations, customers and claims."""
        tree = KnownTree(law)
        return Desk(
            now=tx.now,
            law=law,
            tree=tree,
            known=MarketRows(tx, self.settings.candidates_most),
            declarations=DeclarationRows(tx, tree, self.vault),
            customers=CustomerRows(tx, tree, self.vault),
            claims=ClaimRows(tx, tree),
            assignments=AssignmentRows(tx, tree),
            staff=StaffRows(tx),
            clocks=ClockRows(tx, law),
            uses=UseRows(tx, law),
            cases=CaseRows(tx, tree, self.vault),
            leads=LeadRows(tx),
            phone_keys=self._phones,
            bounds=self.settings.bounds,
            apart=Savepoints(tx).apart,
        )

    def care_desk(self, tx: Transaction, law: Snapshot, asker: Asker) -> CareDesk:
        """Give a desk for files, visits and symposia; `asker` is who changes them."""
        tree = KnownTree(law)
        return CareDesk(
            now=tx.now,
            law=law,
            tree=tree,
            customers=CustomerRows(tx, tree, self.vault),
            files=FileRows(tx, self.vault, asker),
            visits=VisitRows(tx, tree, self.vault),
            symposia=SymposiumRows(tx, tree, self.vault),
            uses=UseRows(tx, law),
            phone_keys=self._phones,
            apart=Savepoints(tx).apart,
        )

    def court(self, tx: Transaction, law: Snapshot) -> Court:
        """Give a desk for disputes."""
        tree = KnownTree(law)
        return Court(self.desk(tx, law), DisputeRows(tx, tree, self.vault), DisputeClockRows(tx, law))

    def merge_desk(self, tx: Transaction, law: Snapshot, asker: Asker) -> MergeDesk:
        """Give a desk for merges; `asker` is who changes the files."""
        return MergeDesk(
            self.desk(tx, law), FileRows(tx, self.vault, asker), MergeRows(tx, KnownTree(law), self.vault)
        )

    def check_desk(self, tx: Transaction, law: Snapshot) -> CheckDesk:
        """Give a desk for blind checks."""
        return CheckDesk(
            now=tx.now,
            law=law,
            tree=KnownTree(law),
            known=MarketRows(tx, self.settings.candidates_most),
            checks=CheckRows(tx, self.vault, self.settings.check_limits),
            phone_keys=self._phones,
            bounds=self.settings.bounds,
        )

    def group_desk(self, tx: Transaction, law: Snapshot) -> GroupDesk:
        """Give a desk for groups of target markets."""
        tree = KnownTree(law)
        customers = CustomerRows(tx, tree, self.vault)
        return GroupDesk(now=tx.now, law=law, tree=tree, customers=customers, groups=GroupRows(tx, tree))

    def tree_desk(self, tx: Transaction, law: Snapshot) -> TreeDesk:
        """Give a desk for organisations, staff and adoptions."""
        return TreeDesk(now=tx.now, law=law, packs=law.law, nodes=OrganisationRows(tx), staff=StaffRows(tx))

    def law_desk(self, tx: Transaction) -> LawDesk:
        """Give a desk for rules and calendars."""
        return LawDesk(
            now=tx.now,
            nodes=OrganisationRows(tx),
            rules=RuleRows(tx),
            drafts=DraftRows(tx),
            calendars=CalendarRows(tx),
        )


class Savepoints:
    """Parts of a transaction one after another; the end of each and the beginning of the next are one statement."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._kept = False

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        """Begin a part that is undone alone where it is refused; parts do not hold parts."""
        await self._tx.execute(
            "RELEASE SAVEPOINT apart; SAVEPOINT apart" if self._kept else "SAVEPOINT apart"
        )
        self._kept = True
        try:
            yield
        except UNDONE:
            await self._tx.execute("ROLLBACK TO SAVEPOINT apart")
            raise


class _Phones:
    def __init__(self, book: PhoneBook) -> None:
        self._book = book

    def keys(self, number: str) -> list[str]:
        try:
            return self._book.keys(number)
        except NotAPhone as wrong:
            raise InvalidValue("不是电话号码", "no phone number") from wrong
