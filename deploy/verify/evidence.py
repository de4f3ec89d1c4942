"""Scoring has as evidence every event that it hears, as it was told; and works with what follows from just these."""

from collections.abc import Mapping, Sequence

from contracts.care import SymposiumHeld, VisitRecorded
from contracts.registry import AssignmentChanged
from contracts.subscriptions import CARE, CLASSES, CUSTOMERS, USAGE
from contracts.tiering import (
    ReportFiled,
    TierChanged,
    UsageCorrected,
    UsageFileLoaded,
    UsageFileMissing,
    UsageRecorded,
)
from deploy.verify.comparisons import (
    PUBLISHED,
    SHANGHAI_DAY,
    Comparison,
    Side,
    events_of,
    facts_of,
    newest_of,
    of_data,
    of_types,
    rows_of,
)

SCORING = "scoring"
EVIDENCE = "evidence"
# Types of each source, and which rows are held against it: none is left out.
OF_SOURCES: Sequence[tuple[str, frozenset[str], str]] = (
    ("registry", CUSTOMERS | CARE, "source = '/keypost/registry'"),
    ("tiering", CLASSES | USAGE, "source <> '/keypost/registry'"),
)
WHOLE = """md5(jsonb_build_array(time, {subject}, orgpath, aggregate, version, actor, {data})::text)"""


def _evidence(source: str, types: frozenset[str], condition: str) -> Comparison:
    told = {"type": "type", "content": WHOLE.format(subject="key", data="payload")}
    kept = {"type": "type", "content": WHOLE.format(subject="subject", data="data")}
    heard = f"SELECT event_id::text AS key, {facts_of(kept)} AS facts FROM evidence WHERE {condition}"  # noqa: S608
    return Comparison(
        f"scoring evidence of {source}",
        Side(SCORING, heard),
        Side(source, events_of(PUBLISHED, types, "event_id::text", told)),
    )


def _of_events(table: str, types: frozenset[str] | tuple[str, ...], facts: Mapping[str, str]) -> Comparison:
    """A table that keeps a row of every event."""
    return Comparison(
        f"scoring {table}",
        Side(SCORING, rows_of(table, "event_id", tuple(facts))),
        Side(SCORING, events_of(EVIDENCE, types, "event_id::text", facts)),
    )


def _of_records(table: str, key: str, event_type: str, facts: Mapping[str, str]) -> Comparison:
    """A table that keeps the newest of each record."""
    every = {"version": "version", "event_id": "event_id", **facts}
    return Comparison(
        f"scoring {table}",
        Side(SCORING, rows_of(table, key, tuple(every))),
        Side(SCORING, newest_of(EVIDENCE, (event_type,), f"data ->> '{key}'", every)),
    )


def _data(*names: str) -> dict[str, str]:
    return of_data(*names, data="data")


CUSTOMER_FACTS = {
    **_data("customer_id", "state", "group_id"),
    "version": "version",
    "day": SHANGHAI_DAY,
    "org_id": "data #> '{responsible,org_id}'",
    "class": "data -> 'initial_class'",
    "filed_on": "data #> '{file,filed_on}'",
    "filed_with_province_on": "data #> '{file,filed_with_province_on}'",
}
# What no ruling divided has null for both.
CREDIT = "NULLIF(data -> 'credit', '[]')"
ASSIGNMENT_FACTS = {
    **_data("customer_id", "valid_from"),
    "time": "time",
    "version": "version",
    "org_id": "data #> '{responsible,org_id}'",
    "credit": CREDIT,
    "credited": f"""CASE WHEN {CREDIT} IS NOT NULL THEN ARRAY(SELECT DISTINCT c ->> 'org_id' COLLATE "C"
      FROM jsonb_array_elements({CREDIT}) AS c WHERE c ->> 'org_id' IS NOT NULL ORDER BY 1) END""",  # noqa: S608 - constants
}
TIER_FACTS = {
    **_data("customer_id", "valid_from", "org_id", "class"),
    "time": "time",
    "version": "version",
}
USAGE_TYPES = (UsageRecorded.TYPE, UsageCorrected.TYPE)
USAGE_FACTS = {
    **_data("org_id", "month", "reason"),
    "kind": f"""CASE type WHEN '{UsageRecorded.TYPE}' THEN 'recorded' WHEN '{UsageCorrected.TYPE}' THEN 'corrected'
      WHEN '{UsageFileLoaded.TYPE}' THEN 'loaded' ELSE 'missing' END""",
    "late": "COALESCE(data -> 'late', 'false')",
    "occasion": f"CASE WHEN {of_types(USAGE_TYPES)} THEN data ->> 'usage_file_id' END",
    "rows": "CASE jsonb_typeof(data -> 'rows') WHEN 'array' THEN jsonb_array_length(data -> 'rows')"
    " ELSE COALESCE((data ->> 'rows')::integer, 0) END",
}
USAGE_FACTS["occasion"] = f"COALESCE({USAGE_FACTS['occasion']}, event_id::text)"
# OFFSET 0: what a whole event says is taken from it once, not for each of its rows.
USAGE_ROWS = f"""
    SELECT DISTINCT ON (customer_id, month, line) * FROM (
      SELECT (r ->> 0)::uuid AS customer_id, month, r ->> 1 AS line, (r ->> 5)::bigint AS version, event_id, org_id,
        (r ->> 2)::numeric AS revenue
      FROM (SELECT event_id, data ->> 'month' AS month, data ->> 'org_id' AS org_id, data -> 'rows' AS rows
            FROM evidence WHERE {of_types(USAGE_TYPES)} OFFSET 0) AS event,
        jsonb_array_elements(rows) AS r OFFSET 0) AS row
    ORDER BY customer_id, month, line, version DESC, event_id DESC
"""  # noqa: S608 - constants


def _usage_rows(sql: str) -> Side:
    key = "(month || ' ' || customer_id || ' ' || line)"
    return Side(SCORING, rows_of(sql, key, ("version", "event_id", "org_id", "revenue")))


SCORES_REST_ON: Sequence[Comparison] = (
    *(_evidence(*source) for source in OF_SOURCES),
    _of_events("customer_fact", CUSTOMERS - {AssignmentChanged.TYPE}, CUSTOMER_FACTS),
    _of_events("assignment_fact", (AssignmentChanged.TYPE,), ASSIGNMENT_FACTS),
    _of_events("tier_fact", (TierChanged.TYPE,), TIER_FACTS),
    _of_events(
        "usage_event",
        (*USAGE_TYPES, UsageFileLoaded.TYPE, UsageFileMissing.TYPE),
        USAGE_FACTS,
    ),
    Comparison("scoring usage_row", _usage_rows("usage_row"), _usage_rows(f"({USAGE_ROWS}) AS row")),
    _of_records(
        "visit",
        "visit_id",
        VisitRecorded.TYPE,
        _data("customer_id", "org_id", "level", "visited_on", "state"),
    ),
    _of_records("symposium", "symposium_id", SymposiumHeld.TYPE, _data("org_id", "held_on")),
    _of_records(
        "report",
        "report_id",
        ReportFiled.TYPE,
        _data("org_id", "kind", "month", "filed_with_province", "customers"),
    ),
)
