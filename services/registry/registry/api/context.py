"""What the routes share: who asks, desks over a transaction, pages."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from contracts.refusals import Forbidden
from registry.commands.asking import Asker
from registry.ports.care import CareDesk
from registry.ports.checks import CheckDesk, GroupDesk
from registry.ports.desk import Desk
from registry.ports.disputes import Court
from registry.ports.merges import MergeDesk
from registry.ports.rules import LawDesk
from registry.ports.tree import TreeDesk
from registry.queries import shown
from registry.queries.declarations import Eyes
from registry.queries.files import FileEyes
from registry.repository.desks import DeskMaker
from registry.settings import (
    LONGEST_ORG_ID,
    LONGEST_SEARCH,
    RegistrySettings,
)

NOBODY = UUID(int=0)


Q = Annotated[
    str | None,
    Field(min_length=1, max_length=LONGEST_SEARCH, description="名称的一部分、拼音首字母或代码"),
]
OrgFilter = Annotated[str | None, Field(max_length=LONGEST_ORG_ID)]


def settings_of(request: Request) -> RegistrySettings:
    """Give the settings of the process."""
    settings: RegistrySettings = request.app.state.settings
    return settings


def law_of(request: Request) -> Snapshot:
    """Give organisations, staff and law as known now."""
    runtime: Runtime = request.app.state.runtime
    return runtime.directory.current


def asker(caller: Caller) -> Asker:
    """Give the caller as commands know it; a system's token that names no person is nobody."""
    try:
        staff_id = UUID(caller.staff_id)
    except ValueError:
        staff_id = NOBODY
    return Asker(staff_id, caller.orgpath, caller.roles)


def person(caller: Caller) -> Asker:
    """Give the caller, who must be one of the staff."""
    who = asker(caller)
    if who.staff_id == NOBODY:
        raise Forbidden("须由本人办理", "only a person of the staff may do this")
    return who


def desk(request: Request, tx: Transaction) -> Desk:
    """Lay out the desk for declarations, customers and claims."""
    return _maker(request).desk(tx, law_of(request))


def court(request: Request, tx: Transaction) -> Court:
    """Lay out the desk for disputes."""
    return _maker(request).court(tx, law_of(request))


def care_desk(request: Request, tx: Transaction, who: Asker) -> CareDesk:
    """Lay out the desk for files, visits and symposia."""
    return _maker(request).care_desk(tx, law_of(request), who)


def merge_desk(request: Request, tx: Transaction, who: Asker) -> MergeDesk:
    """Lay out the desk for merges."""
    return _maker(request).merge_desk(tx, law_of(request), who)


def check_desk(request: Request, tx: Transaction) -> CheckDesk:
    """Lay out the desk for blind checks."""
    return _maker(request).check_desk(tx, law_of(request))


def group_desk(request: Request, tx: Transaction) -> GroupDesk:
    """Lay out the desk for groups of target markets."""
    return _maker(request).group_desk(tx, law_of(request))


def file_eyes(request: Request, tx: Transaction, caller: Caller) -> FileEyes:
    """Give who looks at files and visits, and by which law."""
    runtime: Runtime = request.app.state.runtime
    return FileEyes(asker(caller), law_of(request), runtime.vault, tx.now.date())


def tree_desk(request: Request, tx: Transaction) -> TreeDesk:
    """Lay out the desk for organisations, staff and adoptions."""
    return _maker(request).tree_desk(tx, law_of(request))


def law_desk(request: Request, tx: Transaction) -> LawDesk:
    """Lay out the desk for rules and calendars."""
    return _maker(request).law_desk(tx)


def eyes(request: Request, caller: Caller) -> Eyes:
    """Give how much the caller sees."""
    runtime: Runtime = request.app.state.runtime
    return Eyes(law_of(request), runtime.vault, shown.sees_internal(caller), caller.orgpath)


def _maker(request: Request) -> DeskMaker:
    runtime: Runtime = request.app.state.runtime
    return DeskMaker(settings_of(request), runtime.phones, runtime.vault)
