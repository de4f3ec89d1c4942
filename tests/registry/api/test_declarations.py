"""Declaring over HTTP: what each outcome answers, tells and starts."""

from datetime import datetime

import pytest

from support.declarations import FORM, approved, credit_code, customer, declaration, declared
from support.registry import AGENT, FAR, RIVAL, SECOND, expect
from support.service import DIRECTOR, FAR_OFFICER, HEAD, MANAGER, OFFICER, PROVINCE, ServiceUnderTest


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
        for step in __import__("json").loads(row["steps"])
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


async def test_a_free_line_of_anothers_customer_waits_for_the_center_which_makes_a_supporting_unit(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    first = await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code))
    assert (held["state"], held["reasons"]) == ("held", ["line-free"])
    answer = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "专业互补"}), 200
    )
    assert answer["state"] == "protected"
    assert (answer["claims"][0]["line"], answer["claims"][0]["org_id"]) == ("domestic-express", "420107")
    seen = await expect(registry.get(MANAGER, f"/customers/{first['customer_id']}"), 200)
    assert seen["supports"] == [{"line": "domestic-express", "org_id": "420107"}]
    told = await registry.events(f"declaration:{held['id']}")
    assert [event["type"].split(".")[2] for event in told] == ["submitted", "protected"]


async def test_a_center_that_is_not_above_the_holder_makes_no_supporting_unit(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, FAR, declaration("domestic-express", credit_code=code))
    path = f"/declarations/{held['id']}/accept"
    refused = await expect(registry.post(FAR_OFFICER, path, {"reason": "同意"}), 409)
    assert refused["code"] == "holder-beyond-center"
    answer = await expect(registry.post(PROVINCE, path, {"reason": "全省性客户"}), 200)
    assert answer["state"] == "protected"


async def test_another_firm_is_cleared_under_its_own_identity(registry: ServiceUnderTest) -> None:
    first = customer()
    one = await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    body = {"customer": {**first, "phones": []}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, body)
    answer = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "另一家公司"}), 200
    )
    assert (answer["state"], answer["decision"]["reason"]) == ("protected", "另一家公司")
    assert answer["customer_id"] not in (None, one["customer_id"])
    keys = await registry.rows(
        "SELECT kind FROM identity_key WHERE customer_id = $1::uuid", answer["customer_id"]
    )
    assert keys == []


async def test_a_held_declaration_with_annex_1_is_filed_once_accepted(registry: ServiceUnderTest) -> None:
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    body = {"customer": {**first, "phones": []}, "lines": ["ceremonial"], "annex_1": FORM}
    held = await declared(registry, RIVAL, body)
    assert held["state"] == "held"
    answer = await expect(
        registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "另一家公司"}), 200
    )
    assert (answer["state"], answer["version"]) == ("filed", 3)


async def test_a_refused_held_prospect_is_dropped_and_found_no_more(registry: ServiceUnderTest) -> None:
    first = customer()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    code = credit_code()
    held = await declared(
        registry, RIVAL, {"customer": {**first, "phones": [], "credit_code": code}, "lines": ["ceremonial"]}
    )
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "同一客户"}), 200)
    [row] = await registry.rows(
        "SELECT state FROM customer WHERE customer_id = $1::uuid", held["customer_id"]
    )
    assert row["state"] == "dropped"
    again = await declared(registry, SECOND, declaration("ceremonial", credit_code=code))
    assert again["state"] == "protected"
    assert again["customer_id"] != held["customer_id"]


async def test_a_withdrawn_customer_is_free_and_keeps_its_identity(registry: ServiceUnderTest) -> None:
    code = credit_code()
    first = await declared(registry, MANAGER, declaration(credit_code=code))
    withdrawn = await expect(registry.post(MANAGER, f"/declarations/{first['id']}/withdraw", {}), 200)
    assert withdrawn["state"] == "withdrawn"
    assert [claim["state"] for claim in withdrawn["claims"]] == ["released"]
    again = await declared(registry, RIVAL, declaration(credit_code=code))
    assert (again["state"], again["customer_id"]) == ("protected", first["customer_id"])
    seen = await expect(registry.get(RIVAL, f"/customers/{first['customer_id']}"), 200)
    assert seen["responsible"]["org_id"] == "420107"
    assert (await registry.get(MANAGER, f"/customers/{first['customer_id']}")).status_code == 404
    clocks = await registry.rows("SELECT state FROM deadline WHERE subject_id = $1", first["claims"][0]["id"])
    assert clocks == [{"state": "cancelled"}] * 2


async def test_only_the_declaring_unit_withdraws(registry: ServiceUnderTest) -> None:
    first = await declared(registry, MANAGER, declaration())
    path = f"/declarations/{first['id']}/withdraw"
    assert (await registry.post(HEAD, path, {})).status_code == 403
    assert (await registry.post(SECOND, path, {})).status_code == 404


async def test_annex_1_goes_to_the_center_and_back(registry: ServiceUnderTest) -> None:
    first = await declared(registry, MANAGER, declaration())
    path = f"/declarations/{first['id']}"
    filed = await expect(registry.post(MANAGER, f"{path}/annex-1", FORM), 200)
    assert (filed["state"], filed["annex_1"]["contact"]) == ("filed", "钱女士")
    assert (await expect(registry.post(MANAGER, f"{path}/annex-1", FORM), 409))["code"] == "wrong-state"
    returned = await expect(registry.post(OFFICER, f"{path}/return", {"reason": "缺少联系人"}), 200)
    assert (returned["state"], returned["decision"]["outcome"]) == ("protected", "returned")
    assert [claim["state"] for claim in returned["claims"]] == ["live"]
    [clock] = await registry.rows("SELECT state FROM deadline WHERE subject_id = $1", first["id"])
    assert clock["state"] == "met"
    told = await registry.events(f"declaration:{first['id']}")
    assert [event["type"].split(".")[2] for event in told] == ["submitted", "filed", "returned"]
    assert [event["version"] for event in told] == [1, 2, 3]


async def test_nobody_decides_their_own_declaration(registry: ServiceUnderTest) -> None:
    own = await declared(registry, DIRECTOR, declaration(annex_1=FORM))
    refused = await registry.post(DIRECTOR, f"/declarations/{own['id']}/refuse", {"reason": "不办了"})
    assert (refused.status_code, refused.json()["code"]) == (403, "maker-is-checker")


async def test_a_center_elsewhere_sees_nothing_and_a_unit_decides_nothing(
    registry: ServiceUnderTest,
) -> None:
    filed = await declared(registry, MANAGER, declaration(annex_1=FORM))
    path = f"/declarations/{filed['id']}/refuse"
    assert (await registry.post(FAR_OFFICER, path, {"reason": "不同意"})).status_code == 404
    assert (await registry.post(HEAD, path, {"reason": "不同意"})).status_code == 403


@pytest.mark.parametrize("move", ["approve", "return", "accept"])
async def test_moves_that_the_states_do_not_allow_are_refused(registry: ServiceUnderTest, move: str) -> None:
    first = await declared(registry, MANAGER, declaration())
    await expect(registry.post(MANAGER, f"/declarations/{first['id']}/withdraw", {}), 200)
    body = {} if move == "approve" else {"reason": "试试"}
    answer = await expect(registry.post(OFFICER, f"/declarations/{first['id']}/{move}", body), 409)
    assert (answer["code"], answer["state"]) == ("wrong-state", "withdrawn")


async def test_the_hotline_sees_masked_phones_and_no_annex(registry: ServiceUnderTest) -> None:
    first = await declared(registry, MANAGER, declaration(annex_1=FORM, phones=["13812345678"]))
    seen = await expect(registry.get(AGENT, f"/declarations/{first['id']}"), 200)
    assert seen["customer"]["phones"] == ["138****5678"]
    assert "annex_1" not in seen
    own = await expect(registry.get(MANAGER, f"/declarations/{first['id']}"), 200)
    assert own["customer"]["phones"] == ["13812345678"]
    [look] = await registry.rows(
        "SELECT actor, fields FROM audit_entry WHERE subject = $1", f"declaration:{first['id']}"
    )
    assert (look["actor"], look["fields"]) == (str(MANAGER.staff_id), ["phones", "annex_1"])


async def test_lists_are_narrowed_filtered_and_paged(registry: ServiceUnderTest) -> None:
    made = [await declared(registry, FAR, declaration(division="420525")) for _ in range(3)]
    first = await expect(registry.get(FAR, "/declarations", state="protected", limit=2), 200)
    assert [item["id"] for item in first["items"]] == [made[2]["id"], made[1]["id"]]
    rest = await expect(
        registry.get(FAR, "/declarations", state="protected", limit=2, cursor=first["next_cursor"]), 200
    )
    assert made[0]["id"] in [item["id"] for item in rest["items"]]
    assert {item["org_id"] for item in [*first["items"], *rest["items"]]} == {"420525"}
    found = await expect(registry.get(FAR, "/declarations", q=made[0]["customer"]["name"][2:6]), 200)
    assert made[0]["id"] in [item["id"] for item in found["items"]]


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


async def test_who_declares_what_already_waits_for_its_center_waits_too(registry: ServiceUnderTest) -> None:
    first, code = customer(), credit_code()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    waiting = {"customer": {**first, "phones": [], "credit_code": code}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, waiting)
    second = await declared(registry, SECOND, waiting)
    assert (second["state"], second["reasons"]) == ("held", ["declared-before"])
    assert second["customer_id"] == held["customer_id"]
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/refuse", {"reason": "不是它"}), 200)
    accepted = await expect(
        registry.post(OFFICER, f"/declarations/{second['id']}/accept", {"reason": "另一家"}), 200
    )
    assert (accepted["state"], accepted["claims"][0]["org_id"]) == ("protected", "420106-T02")
    seen = await expect(registry.get(SECOND, f"/customers/{second['customer_id']}"), 200)
    assert (seen["responsible"]["org_id"], seen["state"]) == ("420106-T02", "prospect")


async def test_of_two_that_waited_the_one_accepted_first_keeps_the_line(registry: ServiceUnderTest) -> None:
    first, code = customer(), credit_code()
    await declared(registry, MANAGER, {"customer": first, "lines": ["ceremonial"]})
    waiting = {"customer": {**first, "phones": [], "credit_code": code}, "lines": ["ceremonial"]}
    held = await declared(registry, RIVAL, waiting)
    second = await declared(registry, SECOND, waiting)
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "另一家"}), 200)
    path = f"/declarations/{second['id']}/accept"
    refused = await expect(registry.post(OFFICER, path, {"reason": "也同意"}), 409)
    assert (refused["code"], refused["taken_lines"]) == ("customer-taken", ["ceremonial"])
    assert (await expect(registry.get(OFFICER, f"/declarations/{second['id']}"), 200))["state"] == "held"


async def test_numbers_of_annex_1_must_be_numbers_and_find_the_customer_once_registered(
    registry: ServiceUnderTest,
) -> None:
    wrong = await registry.post(MANAGER, "/declarations", declaration(annex_1={**FORM, "mobile": "无号码"}))
    assert (wrong.status_code, wrong.json()["pointer"]) == (422, "/annex_1/mobile")
    first = await declared(registry, MANAGER, declaration())
    filed = await registry.post(MANAGER, f"/declarations/{first['id']}/annex-1", {**FORM, "mobile": "无号码"})
    assert (filed.status_code, filed.json()["pointer"]) == (422, "/mobile")
    answer = await approved(registry, MANAGER, OFFICER, MANAGER)
    told = await registry.events(f"customer:{answer['customer_id']}")
    assert set(told[0]["payload"]["phone_keys"]) < set(told[1]["payload"]["phone_keys"])


async def test_a_supporting_unit_registers_nothing_before_the_responsible_one(
    registry: ServiceUnderTest,
) -> None:
    code = credit_code()
    await declared(registry, MANAGER, declaration("ceremonial", credit_code=code))
    held = await declared(registry, RIVAL, declaration("domestic-express", credit_code=code, annex_1=FORM))
    await expect(registry.post(OFFICER, f"/declarations/{held['id']}/accept", {"reason": "支撑"}), 200)
    refused = await expect(registry.post(OFFICER, f"/declarations/{held['id']}/approve", {}), 409)
    assert refused["code"] == "wrong-state"
