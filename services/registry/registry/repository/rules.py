"""Rules with what was published of them, and drafts."""

from uuid import UUID

from chassis.directory import EMPTY
from chassis.directory_consumer import wording_row
from chassis.transaction import Transaction
from contracts.law import CitationFact, RulePublished
from contracts.refusals import NotFound
from registry.model.organisations import Organisation
from registry.model.rules import Draft
from registry.repository.rows import insert
from registry.tables.organisations import organisation_of
from registry.tables.rules import WORDINGS, draft_of, draft_row, rule_of
from registry.tables.shapes import to_json
from regulations.loading import Rule
from regulations.provisions import Citation


class RuleRows:
    """The rules as the files and this database have them together."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def find(self, rule: str) -> Rule | None:
        """Give a rule by its pack and topic with every wording, or None."""
        return rule_of(rule, await self._tx.fetch(WORDINGS, rule))

    async def published(self, rule: str) -> int:
        """Give how many wordings of a rule were published."""
        count: int = await self._tx.fetchval(
            "SELECT COALESCE(max(version), 0) FROM rule_wording WHERE rule = $1", rule
        )
        return count

    async def lock(self, rule: str) -> None:
        """Let nobody else publish the rule until the commit."""
        await self._tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('rule ' || $1, 0))", rule)

    def citation(self, act: str, article: str) -> Citation | None:
        """Cite an article; None where there is no such act."""
        pack = EMPTY.law.packs.get(act)
        return pack.citation(article) if pack else None

    async def adopters(self, pack: str) -> list[Organisation]:
        """Give every node that has adopted a pack or topics of it."""
        rows = await self._tx.fetch(
            "SELECT * FROM organisation WHERE adoptions @> $1::jsonb ORDER BY org_id",
            to_json([{"pack": pack}]),
        )
        return [organisation_of(row) for row in rows]

    async def publish(self, draft: Draft, version: int) -> None:
        """Put a wording in force and tell it; the key of a rule's events is the province that was first."""
        told = RulePublished(
            rule=draft.rule,
            org_id=draft.org_id,
            in_force=draft.in_force,
            recorded=draft.recorded,
            citation=CitationFact(act=draft.act, article=draft.article),
            assumption=draft.assumption,
            value=draft.value,
            published_by=draft.decided_by,
        )
        first = await self._tx.fetchval(
            "SELECT wording ->> 'org_id' FROM rule_wording WHERE rule = $1 AND version = 1", draft.rule
        )
        event = self._tx.event(
            told,
            aggregate=f"rule:{draft.rule}",
            version=version,
            subject=first or draft.org_id,
            orgpath=await self._tx.fetchval("SELECT path_of($1)", draft.org_id),
        )
        row = wording_row(told, version)
        await insert(self._tx, "rule_wording", row | {"wording": to_json(row["wording"])}, [event])
        self._tx.wakes_directory = True


class DraftRows:
    """Drafts in the caller's scope."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def get(self, draft_id: UUID) -> Draft:
        """Give a draft, locked for change; raises NotFound."""
        row = await self._tx.fetchrow("SELECT * FROM rule_draft WHERE draft_id = $1 FOR UPDATE", draft_id)
        if row is None:
            raise NotFound("没有该草案", "no such draft")
        return draft_of(row)

    async def add(self, draft: Draft) -> None:
        """Write a new draft."""
        await insert(self._tx, "rule_draft", draft_row(draft), [])

    async def save(self, draft: Draft) -> None:
        """Write what was decided of a draft, whose row is locked."""
        await self._tx.execute(
            "UPDATE rule_draft SET (state, decided_by, decided_at, reason, recorded) = ($2, $3, $4, $5, $6)"
            " WHERE draft_id = $1",
            draft.draft_id,
            str(draft.state),
            draft.decided_by,
            draft.decided_at,
            draft.reason,
            draft.recorded,
        )
