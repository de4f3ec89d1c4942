"""What is heard: whole, once, the highest version of each row, and loudly refused where it is no fact."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from chassis.ids import uuid7
from support.facts import customer_fact
from support.scoring import corrected_fact, report_fact, usage_fact, visit_fact
from support.service import ServiceUnderTest

ROWS_OF_AN_EVENT = 500
EVENTS = 41  # more rows than one statement writes


async def test_every_event_is_kept_as_it_came(scoring: ServiceUnderTest) -> None:
    heard = customer_fact(uuid7(), name="楚天")
    await scoring.hear(heard)
    await scoring.hear(heard)
    (row,) = await scoring.rows("SELECT * FROM evidence")
    assert (row["event_id"], row["type"], row["time"]) == (heard.id, heard.type, heard.time)
    assert (row["orgpath"], row["aggregate"], row["version"]) == (heard.orgpath, heard.aggregate, 1)
    assert "楚天" in row["data"]


async def test_usage_keeps_the_higher_version_whichever_comes_last(scoring: ServiceUnderTest) -> None:
    customer_id = uuid7()
    newer = corrected_fact("2026-01", [(customer_id, "2.00", 2)])
    older = usage_fact("2026-01", [(customer_id, "1.00", 1)])
    await scoring.hear(newer)
    await scoring.hear(older)
    (row,) = await scoring.rows("SELECT version, revenue::text, event_id FROM usage_row")
    assert (row["version"], row["revenue"], row["event_id"]) == (2, "2.00", newer.id)


async def test_a_batch_larger_than_a_statement_is_written_whole(scoring: ServiceUnderTest) -> None:
    customers = [uuid7() for _ in range(ROWS_OF_AN_EVENT)]
    events = [
        usage_fact("2026-01", [(one, f"{version}.00", version) for one in customers])
        for version in range(1, EVENTS + 1)
    ]
    await scoring.hear(*events)
    found = await scoring.rows("SELECT count(*) AS rows, min(version) AS lowest FROM usage_row")
    assert found == [{"rows": ROWS_OF_AN_EVENT, "lowest": EVENTS}]


async def test_a_visit_taken_back_stays_taken_back(scoring: ServiceUnderTest) -> None:
    customer_id, visit_id = uuid7(), uuid7()
    await scoring.hear(visit_fact(customer_id, "2026-02-01", visit_id=visit_id, version=2, state="cancelled"))
    await scoring.hear(visit_fact(customer_id, "2026-02-01", visit_id=visit_id, version=1))
    assert await scoring.rows("SELECT state FROM visit") == [{"state": "cancelled"}]


async def test_what_is_no_fact_changes_nothing_and_is_told(scoring: ServiceUnderTest) -> None:
    broken = replace(report_fact("2026-01", [uuid7()]), data={"month": "2026-01"})
    with pytest.raises(ValidationError):
        await scoring.hear(broken)
    for table in ("evidence", "heard", "report", "inbox"):
        assert await scoring.rows(f"SELECT FROM {table}") == []
