"""Declarations in the database; phones and annex 1 are sealed, for they name persons."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts import registry as told
from contracts.envelope import Event
from contracts.refusals import NotFound
from registry.handlers import facts
from registry.model.declarations import Candidate, Declaration, DeclarationState
from registry.model.groups import Market
from registry.ports.desk import Seal
from registry.ports.tree import Tree
from registry.repository.rows import insert, update
from registry.tables.declarations import declaration_of, declaration_row
from registry.tables.shapes import to_json

_S = DeclarationState
_MOVED: dict[DeclarationState, type[told.DeclarationFact]] = {
    _S.HELD: told.DeclarationSubmitted,
    _S.PROTECTED: told.DeclarationProtected,
    _S.FILED: told.DeclarationFiled,
    _S.WITHDRAWN: told.DeclarationWithdrawn,
    _S.LAPSED: told.DeclarationLapsed,
}


class DeclarationRows:
    """Declarations."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def get(self, declaration_id: UUID) -> Declaration:
        """Give a declaration for change, its customer's row locked first; raises NotFound."""
        await self._tx.execute(
            "SELECT (SELECT count(*) FROM hold_customer(customer_id)) FROM declaration WHERE declaration_id = $1",
            declaration_id,
        )
        row = await self._tx.fetchrow(
            "SELECT * FROM declaration WHERE declaration_id = $1 FOR UPDATE", declaration_id
        )
        if row is None:
            raise NotFound("没有该申报", "no such declaration")
        return declaration_of(row, self._vault)

    async def add(self, declared: Declaration, candidates: Sequence[Candidate]) -> None:
        """Write a new declaration, with what the center compares it with, and tell it."""
        first = facts.declaration(told.DeclarationSubmitted, declared)
        events = [self._event(first, declared, version=1)]
        if declared.refused is not None:
            events.append(self._event(facts.refusal(declared), declared, version=declared.version))
        await insert(self._tx, "declaration", declaration_row(declared, self._vault), events)
        if candidates and declared.state is not DeclarationState.REFUSED:
            await self._keep(declared, candidates)

    async def save(
        self, declared: Declaration, *, reason: str | None = None, customer_code: str | None = None
    ) -> None:
        """Write a declaration's next state and tell it; raises StaleVersion."""
        data = self._told(declared, reason, customer_code)
        event = self._event(data, declared, version=declared.version)
        await update(
            self._tx, "declaration", "declaration_id", declaration_row(declared, self._vault), [event]
        )

    async def tie(self, declared: Declaration, markets: Sequence[Market]) -> None:
        """Note for the center which target markets a declaration speaks of."""
        await self._tx.connection.executemany(
            "INSERT INTO declaration_group (declaration_id, group_id, city_org_id, name, kind, reasons)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            [
                (
                    declared.declaration_id,
                    one.group_id,
                    declared.city_org_id,
                    one.name,
                    one.kind,
                    list(one.reasons),
                )
                for one in markets
            ],
        )

    def _told(
        self, declared: Declaration, reason: str | None, customer_code: str | None
    ) -> told.DeclarationFact:
        outcome = declared.verdict.outcome if declared.verdict else None
        if declared.state is DeclarationState.REFUSED:
            return facts.refusal(declared)
        if declared.state is DeclarationState.APPROVED and declared.verdict is not None:
            return facts.declaration(
                told.DeclarationApproved,
                declared,
                customer_code=customer_code,
                decided_by=declared.verdict.by,
            )
        if declared.state is DeclarationState.PROTECTED and outcome == "returned":
            return facts.declaration(told.DeclarationReturned, declared, reason=reason)
        return facts.declaration(_MOVED[declared.state], declared)

    async def _keep(self, declared: Declaration, candidates: Sequence[Candidate]) -> None:
        await self._tx.execute(
            "INSERT INTO declaration_candidate"
            " (declaration_id, customer_id, city_org_id, name, org_id, outcome, score, scores, reasons)"
            " SELECT $1, c.customer_id, $2, c.name, c.org_id, c.outcome, c.score, c.scores,"
            " ARRAY(SELECT jsonb_array_elements_text(c.reasons))"
            " FROM jsonb_to_recordset($3::jsonb) AS c(customer_id uuid, name text, org_id text, outcome text,"
            " score smallint, scores jsonb, reasons jsonb)",
            declared.declaration_id,
            declared.city_org_id,
            to_json([{**vars(candidate), "reasons": list(candidate.reasons)} for candidate in candidates]),
        )

    def _event(self, data: told.DeclarationFact, declared: Declaration, *, version: int) -> Event:
        return self._tx.event(
            data,
            aggregate=f"declaration:{declared.declaration_id}",
            version=version,
            subject=str(declared.customer_id or declared.org_id),
            orgpath=self._tree.path(declared.org_id),
        )
