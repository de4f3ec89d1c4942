"""Every service knows the wordings and the calendar days that the registry told of."""

from collections.abc import Sequence

from contracts.law import CalendarImported, RulePublished
from deploy.layout import SERVICES
from deploy.verify.comparisons import (
    PUBLISHED,
    WRITTEN,
    Comparison,
    Side,
    events_of,
    of_types,
    rows_of,
)

RULE = "{rule} || ' ' || {in_force} || ' ' || {recorded}"
WORDINGS = rows_of(
    "rule_wording",
    f"({RULE.format(rule='rule', in_force='in_force', recorded='recorded')})",
    ("version", "wording"),
)
DAYS = rows_of("calendar_day", "day", ("workday", "provisional", "note", "version"))
WORDING = """jsonb_build_object('act', payload #> '{citation,act}', 'article', payload #> '{citation,article}',
  'assumption', payload -> 'assumption', 'value', payload -> 'value', 'org_id', payload -> 'org_id',
  'published_by', payload -> 'published_by')"""


def _wordings(log: str) -> str:
    key = RULE.format(
        rule="(payload ->> 'rule')",
        in_force="(payload ->> 'in_force')::date",
        recorded="(payload ->> 'recorded')::timestamptz",
    )
    return events_of(log, (RulePublished.TYPE,), key, {"version": "version", "wording": WORDING})


def _days(log: str) -> str:
    """A notice names every day of its year: the newest of each year counts."""
    return f"""
        SELECT day ->> 'day' AS key, jsonb_build_object('workday', day -> 'workday', 'provisional', day -> 'provisional',
          'note', day -> 'note', 'version', version) AS facts
        FROM (SELECT DISTINCT ON (aggregate) version, payload FROM {log}
              WHERE {of_types((CalendarImported.TYPE,))} ORDER BY aggregate, version DESC) AS notice,
          jsonb_array_elements(payload -> 'days') AS day
    """  # noqa: S608 - constants


def _comparisons(service: str) -> Sequence[Comparison]:
    log = WRITTEN if service == "registry" else PUBLISHED
    return (
        Comparison(f"{service} rule_wording", Side(service, WORDINGS), Side("registry", _wordings(log))),
        Comparison(f"{service} calendar_day", Side(service, DAYS), Side("registry", _days(log))),
    )


LAW: Sequence[Comparison] = tuple(one for service in SERVICES for one in _comparisons(service))
