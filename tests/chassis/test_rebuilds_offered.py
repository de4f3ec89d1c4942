"""Rebuilds as services offer them: of tables that can be made once more, to an administrator, one at a time."""

import importlib

import pytest

from chassis.ids import uuid7
from deploy.layout import SERVICES
from support.backbone import superuser
from support.instance import Databases
from support.service import ADMINISTRATOR, PROVINCE, expect, running_service

UNFIT = r"""
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1::text[]) AND (
      c.relkind <> 'r'
      OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
      OR EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND c.oid IN (k.conrelid, k.confrelid))
      OR EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid AND p.prosrc
        ~* ('(insert into|update|delete from)\s+(' || array_to_string($1::text[], '|') || ')\M')))
"""
"""A trigger fires when a row is taken over; what it wrote of the same projection would be missing in the shadow."""
KNOWN = (
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($1::text[])"
)


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "registry"])
async def test_what_a_service_offers_can_be_made_once_more(
    service: str, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = database(service)
    for name, value in fresh.environment.items():
        monkeypatch.setenv(name, value)
    app = importlib.import_module(f"{SERVICES[service].package}.app").create()
    async with app.router.lifespan_context(app), superuser(fresh) as root:
        runtime = app.state.runtime
        offered = runtime.rebuilder.projection
        heard = set(runtime.consumer._handlers)
        assert await root.fetch(UNFIT, list(offered.tables)) == []
        assert await root.fetchval(KNOWN, list(offered.tables)) == len(set(offered.tables))
    assert set(offered.handlers) <= heard
    assert {"organisation", "staff", "rule_wording", "calendar_day"} <= set(offered.tables)


async def test_who_hears_nothing_offers_nothing(database: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in database("registry").environment.items():
        monkeypatch.setenv(name, value)
    app = importlib.import_module("registry.app").create()
    assert "/v1/rebuilds" not in app.openapi()["paths"]


async def test_only_an_administrator_asks_one_at_a_time_and_may_cancel(database: Databases) -> None:
    async with running_service("pricing", database("pricing")) as pricing:
        assert (await pricing.post(PROVINCE, "/rebuilds", {})).status_code == 403
        assert (await pricing.get(PROVINCE, "/rebuilds")).status_code == 403
        asked = expect(await pricing.post(ADMINISTRATOR, "/rebuilds", {}, key="k1"), 202)
        assert expect(await pricing.post(ADMINISTRATOR, "/rebuilds", {}, key="k1"), 202) == asked
        refused = expect(await pricing.post(ADMINISTRATOR, "/rebuilds", {}), 409)
        assert refused["code"] == "rebuild-under-way"
        path = f"/rebuilds/{asked['id']}"
        assert (await pricing.post(PROVINCE, f"{path}/cancel", {})).status_code == 403
        cancelled = expect(await pricing.post(ADMINISTRATOR, f"{path}/cancel", {}), 200)
        assert (cancelled["state"], cancelled["missing"], cancelled["changed"]) == ("cancelled", None, None)
        assert cancelled["ended_at"]
        assert expect(await pricing.post(ADMINISTRATOR, f"{path}/cancel", {}), 409)["code"] == "rebuild-over"
        assert expect(await pricing.get(ADMINISTRATOR, path), 200) == cancelled
        assert expect(await pricing.get(ADMINISTRATOR, f"/rebuilds/{uuid7()}"), 404)["code"] == "not-found"
        listed = expect(await pricing.get(ADMINISTRATOR, "/rebuilds"), 200)
        assert ([one["id"] for one in listed["items"]], listed["total"]) == ([asked["id"]], 1)
