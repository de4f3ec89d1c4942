"""Declaring over HTTP: what each outcome answers, tells and starts."""

import json
from datetime import datetime

from support.declarations import FORM, approved, credit_code, customer, declaration, declared
from support.registry import FAR, RIVAL, expect
from support.service import MANAGER, OFFICER, ServiceUnderTest


async def test_a_new_customer_is_protected_at_once_one_claim_a_line(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration("domestic-express", "ceremonial"))
    assert answer["state"] == "protected"
    assert [claim["line"] for claim in answer["claims"]] == ["domestic-express", "ceremonial"]
    assert {claim["until"][:10] for claim in answer["claims"]} == {"2026-06-01"}
    assert {claim["state"] for claim in answer["claims"]} == {"live"}
    told = await registry.events(f"declaration:{answer['id']}")
    assert [(event["type"], event["version"]) for event in told] == [("registry.declaration.submitted.v1", 1)]
    assert (told[0]["payload"]["state"], told[0]["key"]) == ("protected", answer["customer_id"])
    assert told[0]["orgpath"] == "CN.420000.420100.420106.420106-T01"
    [granted] = await registry.events(f"claim:{answer['claims'][0]['id']}")
    assert (granted["type"], granted["version"]) == ("registry.claim.granted.v1", 1)


async def test_a_claim_warns_fourteen_and_three_days_before_its_end(registry: ServiceUnderTest) -> None:
    answer = await declared(registry, MANAGER, declaration())
    [row] = await registry.rows(
        "SELECT due_at, steps::text FROM deadline WHERE subject_id = $1 AND kind = 'claim-end'",
        answer["claims"][0]["id"],
    )
    assert row["due_at"] == datetime.fromisoformat("2026-06-01T00:00:00+08:00")
    asked = {"subject": answer["claims"][0]["id"], "kind": "claim-end"}
    listed = await expect(registry.get(MANAGER, "/deadlines", **asked), 200)
    assert [item["due_on"] for item in listed["items"]] == ["2026-05-31"]
    warned = [
        datetime.fromisoformat(step["at"]).astimezone(row["due_at"].tzinfo)
        for step in json.loads(row["steps"])
        if step["step"] == "warned"
    ]
    assert [(row["due_at"] - at).days for at in warned] == [14, 3]


async def test_an_exact_match_is_refused_and_tells_only_the_unit_its_time_and_the_keys(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    first = await declared(registry, MANAGER, declaration(credit_code=code, address="中北路1号"))
    second = await declared(registry, FAR, declaration(credit_code=code))
    assert second["state"] == "refused"
    refusal = second["refusal"]
    assert refusal["code"] == "customer-taken"
    assert refusal["holder"] == {"org_id": "420106-T01", "name": "武昌一班"}
    assert (refusal["since"], refusal["until"]) == (first["claims"][0]["since"], first["claims"][0]["until"])
    assert (refusal["matched"], refusal["taken_lines"]) == (["credit-code"], ["domestic-express"])
    assert refusal["because"]["reasons"][0]["article"] == "13"
    assert {"customer_id", "annex_1"}.isdisjoint(second)
    assert first["customer_id"] not in str(second)
    told = await registry.events(f"declaration:{second['id']}")
    assert [(event["type"], event["version"]) for event in told] == [
        ("registry.declaration.submitted.v1", 1),
        ("registry.declaration.refused.v1", 2),
    ]
    assert told[1]["payload"]["holder"]["org_id"] == "420106-T01"
    assert (told[1]["key"], told[1]["payload"]["customer_id"]) == ("420525", None)


async def test_without_a_code_name_and_phone_together_refuse(registry: ServiceUnderTest) -> None:
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    traditional = {**first, "name": first["name"].replace("制造有限公司", "(製造)有限責任公司")}
    again = await declared(registry, RIVAL, {"customer": traditional, "lines": ["ceremonial"]})
    assert (again["state"], again["refusal"]["matched"]) == ("refused", ["name-and-phone"])


async def test_the_same_name_alone_is_held_for_the_center_which_sees_scores(
    registry: ServiceUnderTest,
) -> None:
    first = customer()
    held_by = await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    body = {"customer": {**first, "phones": ["13800001111"]}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, body)
    assert (held["state"], held["reasons"]) == ("held", ["same-name"])
    assert held["claims"] == []
    assert "score" not in str(held)
    assert (await registry.get(RIVAL, f"/declarations/{held['id']}/candidates")).status_code == 403
    seen = await expect(registry.get(OFFICER, f"/declarations/{held['id']}/candidates"), 200)
    [candidate] = seen["items"]
    assert candidate.pop("score") > 0
    assert candidate == {
        "customer_id": held_by["customer_id"],
        "name": first["name"],
        "org_id": "420106-T01",
        "org_name": "武昌一班",
        "outcome": "probable",
        "scores": {
            **dict.fromkeys(("name", "trade", "line", "region", "form", "branch"), 100),
            "phones": 0,
        },
        "reasons": ["same-name"],
    }
    [clock] = (await expect(registry.get(OFFICER, "/deadlines", subject=held["id"]), 200))["items"]
    assert (clock["kind"], clock["due_on"]) == ("registration-decide", "2026-03-05")
    assert (clock["holder"]["org_id"], clock["holder"]["role"]) == ("420100", "center-officer")


async def test_a_branch_is_granted_and_the_tie_noted(registry: ServiceUnderTest) -> None:
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    branch = {**first, "name": f"{first['name']}汉口分公司", "phones": []}
    answer = await declared(registry, RIVAL, {"customer": branch, "lines": ["ceremonial"]})
    assert answer["state"] == "protected"
    assert "branch" in answer["reasons"]


async def test_personal_data_is_in_no_event(registry: ServiceUnderTest) -> None:
    body = declaration(
        annex_1={**FORM, "contact": "绝密联系人"},
        name="司马相如",
        nature="person",
        phones=["13911112222"],
        address="琴台路八号",
    )
    first = await declared(registry, MANAGER, body)
    rows = await registry.rows("SELECT payload::text FROM outbox WHERE key = $1", first["customer_id"])
    told = "".join(row["payload"] for row in rows)
    assert "司***" in told
    for secret in ("相如", "13911112222", "绝密联系人", "琴台路"):
        assert secret not in told
    [stored] = await registry.rows(
        "SELECT phones, annex_1 FROM declaration WHERE declaration_id = $1::uuid", first["id"]
    )
    assert b"13911112222" not in stored["phones"]
    assert "绝密联系人".encode() not in stored["annex_1"]


async def test_the_registered_holder_is_told_without_an_end(registry: ServiceUnderTest) -> None:
    code = credit_code()
    await approved(registry, MANAGER, OFFICER, MANAGER, credit_code=code)
    refused = await declared(registry, RIVAL, declaration(credit_code=code))
    assert refused["state"] == "refused"
    assert "until" not in refused["refusal"]
