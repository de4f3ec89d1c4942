"""What two tables, of one service or of two, must say alike: rows by key, with the facts of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Rows that were told: published and not; and those that others can have heard.
WRITTEN = """(SELECT event_id, type, key, aggregate, version, orgpath, actor, time, payload FROM outbox UNION ALL
  SELECT event_id, type, key, aggregate, version, orgpath, actor, time, payload FROM event_log) AS written"""
PUBLISHED = "event_log AS published"
SHANGHAI_DAY = "(time AT TIME ZONE 'Asia/Shanghai')::date"
MOST_DIFFERENCES = 1_000


@dataclass(frozen=True)
class Side:
    """A statement of one service that gives `key` (text) and `facts` (jsonb)."""

    service: str
    sql: str


@dataclass(frozen=True)
class Comparison:
    """What a service keeps, by its name, and what it was told; of the facts those that are kept count.

    Both sides of one service are compared in its database, facts as they are, and only what differs is read.
    """

    name: str
    kept: Side
    told: Side

    @property
    def is_within(self) -> bool:
        """Whether one database holds both sides."""
        return self.kept.service == self.told.service

    @property
    def differences(self) -> str:
        """What reads, of one database, how many rows there are and those that are not alike."""
        return f"""
            WITH kept AS MATERIALIZED ({self.kept.sql}), told AS MATERIALIZED ({self.told.sql})
            SELECT c.looked_at, d.key, d.kept, d.told FROM (SELECT count(*) AS looked_at FROM kept) AS c
            LEFT JOIN (SELECT key, k.facts AS kept, t.facts AS told FROM kept k FULL JOIN told t USING (key)
                       WHERE k.facts IS DISTINCT FROM t.facts LIMIT {MOST_DIFFERENCES}) AS d ON true
        """  # noqa: S608 - statements of our own


def rows_of(table: str, key: str, columns: Sequence[str]) -> str:
    """Give what reads the rows of a table, or of a statement, with these facts."""
    return f"SELECT {key}::text AS key, {facts_of({name: name for name in columns})} AS facts FROM {table}"  # noqa: S608


def events_of(log: str, types: Iterable[str], key: str, facts: Mapping[str, str]) -> str:
    """Give what reads the events of these types with these facts, each an expression over the event."""
    return f"SELECT {key} AS key, {facts_of(facts)} AS facts FROM {log} WHERE {of_types(types)}"  # noqa: S608


def newest_of(log: str, types: Iterable[str], key: str, facts: Mapping[str, str]) -> str:
    """Give what reads the newest event of each record among these types, with these facts."""
    return f"""SELECT DISTINCT ON (aggregate) {key} AS key, {facts_of(facts)} AS facts FROM {log}
      WHERE {of_types(types)} ORDER BY aggregate, version DESC"""  # noqa: S608


def of_types(types: Iterable[str]) -> str:
    """Give the condition that an event is of one of these types."""
    names = ", ".join(f"'{name}'" for name in sorted(types))
    return f"type IN ({names})"


def of_data(*names: str, data: str = "payload") -> dict[str, str]:
    """Give facts that bear the same name in the event's data."""
    return {name: f"{data} -> '{name}'" for name in names}


def facts_of(facts: Mapping[str, str]) -> str:
    """Give the object of facts, each an expression."""
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in facts.items())
    return f"jsonb_build_object({pairs})"
