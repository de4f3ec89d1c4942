"""A declaration once made: who sees it, who files, returns, withdraws or decides it, and which states allow that."""

import pytest

from support.declarations import FORM, approved, credit_code, declaration, declared
from support.registry import AGENT, FAR, RIVAL, SECOND, expect
from support.service import DIRECTOR, FAR_OFFICER, HEAD, MANAGER, OFFICER, ServiceUnderTest


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
