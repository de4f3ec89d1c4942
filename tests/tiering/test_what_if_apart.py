"""A what-if is no class: whoever gives or tells classes never sees one, and it is its center's and its inspectors' alone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import tiering as package
from support.instance import Databases
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OBSERVER,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    expect,
    running_service,
)
from support.what_ifs import PRESENT, Resident, asked, drafted, movers_of, settle, tried

HIGHER = drafted("tier-thresholds", {**PRESENT, "wuhan": {**PRESENT["wuhan"], "2": 350_000}})
SOMEONE = Resident("wuhan", Decimal("320000.00"), {"initial_class": 3})
# Only what makes, keeps and shows what-ifs may name their tables.
TABLES = re.compile(r"\bwhat_if(_flow|_mover)?\b")
OWN_FUNCTIONS = {"run_what_if", "explain_mover"}


@dataclass
class Made:
    """A what-if of the province's officer that moves one customer of Wuhan."""

    tiering: ServiceUnderTest
    what_if: dict[str, Any]

    @property
    def paths(self) -> list[str]:
        root = f"/what-ifs/{self.what_if['id']}"
        code = SOMEONE.planted.code
        return [
            root,
            f"{root}/movers",
            f"{root}/movers/{code}",
            f"{root}/comparison?with={self.what_if['id']}",
        ]


@pytest_asyncio.fixture(scope="module")
async def made(tiering_databases: Databases) -> AsyncIterator[Made]:
    async with running_service("tiering", tiering_databases("tiering")) as running:
        await settle(running, [SOMEONE])
        yield Made(running, await tried(running, HIGHER))


async def everything_told(tiering: ServiceUnderTest) -> dict[str, Any]:
    """Give all that classes are known by: rows, answers, reviews and events."""
    code = SOMEONE.planted.code
    answers = [
        expect(await tiering.get(PROVINCE, path), 200)
        for path in (f"/tiers/{code}", f"/tiers/{code}/history", "/tiers", "/reviews")
    ]
    tables = {
        table: await tiering.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in (
            "tier",
            "review",
            "review_line",
            "outbox",
            "event_log",
            "deadline",
            "customer",
            "usage_sum",
        )
    }
    return {"answers": answers, **tables}


async def test_classes_their_history_and_events_are_the_same_after_it(made: Made) -> None:
    before = await everything_told(made.tiering)
    another = await tried(made.tiering, HIGHER)
    assert (await movers_of(made.tiering, another))[SOMEONE.planted.code]["to"]["class"] == 3
    assert await everything_told(made.tiering) == before
    expect(
        await made.tiering.http.delete(
            f"/v1/what-ifs/{another['id']}", headers=made.tiering.headers(PROVINCE_OFFICER)
        ),
        200,
    )
    assert await everything_told(made.tiering) == before


async def test_every_answer_says_what_it_is(made: Made) -> None:
    for path in [*made.paths, "/what-ifs"]:
        assert expect(await made.tiering.get(PROVINCE_OFFICER, path), 200)["kind"] == "what-if", path
    assert "不是客户级别" in made.what_if["note"]["zh"]
    assert "no class" in made.what_if["note"]["en"]


def test_no_module_but_its_own_names_the_tables() -> None:
    root = Path(next(iter(package.__path__)))
    naming = {
        file.name
        for file in root.rglob("*.*")
        if file.suffix in {".py", ".sql"} and TABLES.search(file.read_text(encoding="utf-8"))
    }
    assert {"008_what_ifs.sql", "what_ifs.py", "what_if_movers.py"} <= naming
    assert {name for name in naming if "what_if" not in name} == set()


async def test_no_function_trigger_or_view_of_the_database_reads_one_but_its_own(made: Made) -> None:
    functions = await made.tiering.rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc LIKE '%what_if%'"
    )
    assert {row["proname"] for row in functions} == OWN_FUNCTIONS
    others = await made.tiering.rows(
        """SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'what_if%'
           UNION ALL SELECT viewname FROM pg_views WHERE definition LIKE '%what_if%'"""
    )
    assert others == []


@pytest.mark.parametrize("person", [OFFICER, DIRECTOR, FAR_OFFICER])
async def test_a_city_tries_no_draft_is_told_by_which_rule_and_sees_none(made: Made, person: Person) -> None:
    refused = expect(await made.tiering.post(person, "/what-ifs", asked(HIGHER)), 403)
    assert refused["code"] == "not-the-drafter"
    assert refused["because"]["reasons"][0]["rule"] == "hubei.review-procedure"
    own = asked(HIGHER, org_id=person.org_id)
    expect(await made.tiering.post(person, "/what-ifs", own), 403)
    assert expect(await made.tiering.get(person, "/what-ifs"), 200)["items"] == []
    for path in made.paths:
        expect(await made.tiering.get(person, path), 404)
    gone = await made.tiering.http.delete(
        f"/v1/what-ifs/{made.what_if['id']}", headers=made.tiering.headers(person)
    )
    expect(gone, 404)


@pytest.mark.parametrize("person", [MANAGER, HEAD, FINANCE, OBSERVER, ADMINISTRATOR])
async def test_who_is_neither_center_nor_inspector_reads_none(made: Made, person: Person) -> None:
    expect(await made.tiering.post(person, "/what-ifs", asked(HIGHER)), 403)
    for path in [*made.paths, "/what-ifs"]:
        expect(await made.tiering.get(person, path), 403)


async def test_an_inspector_reads_and_makes_and_removes_none(made: Made) -> None:
    for path in [*made.paths, "/what-ifs"]:
        expect(await made.tiering.get(INSPECTOR, path), 200)
    expect(await made.tiering.post(INSPECTOR, "/what-ifs", asked(HIGHER)), 403)
    address = f"/v1/what-ifs/{made.what_if['id']}"
    expect(await made.tiering.http.delete(address, headers=made.tiering.headers(INSPECTOR)), 403)


async def test_only_its_maker_removes_it_and_nothing_of_it_is_left(made: Made) -> None:
    mine = await tried(made.tiering, HIGHER, by=PROVINCE)
    address = f"/v1/what-ifs/{mine['id']}"
    refused = await made.tiering.http.delete(address, headers=made.tiering.headers(PROVINCE_OFFICER))
    assert expect(refused, 403)["code"] == "not-the-maker"
    expect(await made.tiering.http.delete(address, headers=made.tiering.headers(PROVINCE)), 200)
    expect(await made.tiering.http.delete(address, headers=made.tiering.headers(PROVINCE)), 404)
    for table in ("what_if_flow", "what_if_mover"):
        left = await made.tiering.rows(f"SELECT DISTINCT what_if_id FROM {table}")
        assert [str(row["what_if_id"]) for row in left] == [made.what_if["id"]], table


async def test_the_same_request_again_makes_no_second_one(made: Made) -> None:
    body = asked(HIGHER)
    first = expect(await made.tiering.post(PROVINCE_OFFICER, "/what-ifs", body, key="once"), 201)
    again = expect(await made.tiering.post(PROVINCE_OFFICER, "/what-ifs", body, key="once"), 201)
    assert first == again
    assert len(await made.tiering.rows("SELECT 1 FROM what_if WHERE name = $1", body["name"])) == 1
