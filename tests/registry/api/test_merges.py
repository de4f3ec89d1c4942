"""Two files that turned out to be one customer (hubei 19: one customer, one code): merged, and taken apart again."""

from support import disputes
from support.declarations import credit_code, customer, declaration, declared
from support.merging import WHY, holders, merge, prospect, registered, shown, unmerge
from support.registry import FAR, RIVAL, SECOND, expect
from support.service import (
    FAR_OFFICER,
    HEAD,
    MANAGER,
    OFFICER,
    PROVINCE,
    ServiceUnderTest,
)


async def test_the_old_code_and_the_old_id_lead_to_the_survivor(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    code = merged["customer_code"]
    spaced = f"{code[:6]} {code[6:13]}-{code[13]}"
    for key in (code, spaced, merged["customer_id"], survivor["customer_code"]):
        body = await shown(registry, key)
        assert body["customer_id"] == survivor["customer_id"]
        assert body["merged_from"] == [
            {"customer_id": merged["customer_id"], "customer_code": merged["customer_code"]}
        ]


async def test_lines_of_the_merged_one_begin_anew_on_the_survivor(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    answer = await merge(registry, survivor["customer_code"], merged["customer_code"])
    assert [(one["line"], one["outcome"]) for one in answer["claims"]] == [("ceremonial", "begins-anew")]
    assert await holders(registry, merged["customer_id"]) == {}
    assert await holders(registry, survivor["customer_id"]) == {
        "domestic-express": "420106-T01",
        "ceremonial": "420107",
    }
    body = await shown(registry, survivor["customer_id"])
    assert body["supports"] == [{"line": "ceremonial", "org_id": "420107"}]
    [ended] = await registry.rows(
        "SELECT state, claim_id FROM claim WHERE customer_id = $1::text::uuid", merged["customer_id"]
    )
    assert ended["state"] == "transferred"
    told = await registry.events(f"claim:{ended['claim_id']}")
    assert told[-1]["type"] == "registry.claim.transferred.v1"
    assert told[-1]["payload"]["reason"] == "merged"


async def test_a_claim_of_the_same_unit_on_the_same_line_joins(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry)
    answer = await merge(registry, survivor["customer_code"], merged["customer_code"])
    assert [one["outcome"] for one in answer["claims"]] == ["joins"]
    assert await holders(registry, survivor["customer_id"]) == {"domestic-express": "420106-T01"}


async def test_two_units_on_one_line_are_ruled_on_first(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL)
    body = await merge(registry, survivor["customer_code"], merged["customer_code"], status=409)
    assert body["code"] == "lines-clash"
    assert body["lines"] == ["domestic-express"]
    assert (await shown(registry, merged["customer_code"]))["state"] == "registered"


async def test_the_events_name_the_survivor_and_lose_no_version(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    await unmerge(registry, merged["customer_code"])
    told = await registry.events(f"customer:{merged['customer_id']}")
    assert [one["type"].removeprefix("registry.customer.") for one in told] == [
        "changed.v1",
        "registered.v1",
        "merged.v1",
        "unmerged.v1",
    ]
    assert [one["version"] for one in told] == [1, 2, 3, 4]
    assert {one["key"] for one in told} == {merged["customer_id"]}
    assert told[2]["payload"]["survivor"] == {
        "customer_id": survivor["customer_id"],
        "customer_code": survivor["customer_code"],
    }
    assert [told[2]["payload"]["state"], told[3]["payload"]["state"]] == ["merged", "registered"]
    assert told[2]["payload"]["because"]["reasons"][0]["rule"] == "hubei.customer-code"


async def test_the_old_credit_code_finds_the_survivor(registry: ServiceUnderTest) -> None:
    code = credit_code()
    survivor = await registered(registry)
    merged = await registered(registry, RIVAL, "ceremonial", credit_code=code)
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    again = await declared(registry, SECOND, declaration("domestic-express", credit_code=code))
    assert again["state"] == "refused"
    assert again["refusal"]["matched"] == ["credit-code"]
    assert again["refusal"]["holder"]["org_id"] == "420106-T01"


async def test_the_old_name_and_phone_find_the_survivor(registry: ServiceUnderTest) -> None:
    known = customer()
    survivor = await registered(registry)
    merged = await registered(registry, RIVAL, "ceremonial", name=known["name"], phones=known["phones"])
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    again = await declared(
        registry, SECOND, declaration("ceremonial", name=known["name"], phones=known["phones"])
    )
    assert again["state"] == "refused"
    assert again["refusal"]["matched"] == ["name-and-phone"]
    assert again["refusal"]["holder"]["org_id"] == "420107"


async def test_a_registered_one_is_not_merged_into_a_prospect(registry: ServiceUnderTest) -> None:
    survivor, merged = await prospect(registry), await registered(registry, RIVAL, "ceremonial")
    body = await merge(registry, survivor["customer_id"], merged["customer_code"], status=409)
    assert body["code"] == "wrong-survivor"


async def test_a_prospect_with_its_claim_goes_into_a_registered_one(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await prospect(registry, RIVAL, "ceremonial")
    until = merged["claims"][0]["until"]
    await merge(registry, survivor["customer_code"], merged["customer_id"])
    body = await shown(registry, merged["customer_id"])
    assert body["customer_id"] == survivor["customer_id"]
    [claim] = [one for one in body["claims"] if one["line"] == "ceremonial"]
    assert claim["until"] == until
    due = await registry.rows(
        "SELECT due_at FROM deadline WHERE kind = 'claim-end' AND subject_id = $1 AND state = 'running'",
        claim["id"],
    )
    assert [one["due_at"].isoformat() for one in due] == [
        (await registry.rows("SELECT until FROM claim WHERE claim_id = $1::text::uuid", claim["id"]))[0][
            "until"
        ].isoformat()
    ]


async def test_the_declaration_of_a_merged_prospect_goes_on(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await prospect(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_id"])
    withdrawn = await expect(
        registry.post(RIVAL, f"/declarations/{merged['id']}/withdraw", {"reason": "客户无意"}), 200
    )
    assert withdrawn["state"] == "withdrawn"
    assert await holders(registry, survivor["customer_id"]) == {"domestic-express": "420106-T01"}
    assert (await shown(registry, survivor["customer_id"]))["supports"] == []


async def test_a_customer_is_not_merged_with_itself(registry: ServiceUnderTest) -> None:
    one = await registered(registry)
    body = await merge(registry, one["customer_code"], one["customer_id"], status=409)
    assert body["code"] == "same-customer"


async def test_who_is_merged_already_is_named_with_its_survivor(registry: ServiceUnderTest) -> None:
    survivor, merged, third = [await registered(registry, MANAGER) for _ in range(3)]
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    for into, away in ((merged, third), (third, merged), (merged, survivor)):
        body = await merge(registry, into["customer_code"], away["customer_code"], status=409)
        assert body["code"] == "customer-is-merged"
        assert body["survivor_code"] == survivor["customer_code"]


async def test_of_two_cities_the_province_decides(registry: ServiceUnderTest) -> None:
    survivor = await registered(registry)
    far = await declared(registry, FAR, declaration("ceremonial", division="420525"))
    for officer in (OFFICER, FAR_OFFICER):
        answer = await registry.post(
            officer,
            f"/customers/{survivor['customer_code']}/merge",
            {"merged": far["customer_id"], **WHY},
        )
        assert answer.status_code in (404, 422)
    await merge(registry, survivor["customer_code"], far["customer_id"], by=PROVINCE)
    assert (await holders(registry, survivor["customer_id"]))["ceremonial"] == "420525"
    refused = await unmerge(registry, far["customer_id"], by=OFFICER, status=404)
    assert refused["code"] == "not-found"
    await unmerge(registry, far["customer_id"], by=PROVINCE)


async def test_a_unit_merges_nothing(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry)
    for person in (MANAGER, HEAD):
        await merge(registry, survivor["customer_code"], merged["customer_code"], by=person, status=403)


async def test_the_preview_says_all_that_would_happen_and_changes_nothing(registry: ServiceUnderTest) -> None:
    survivor = await registered(registry)
    merged = await registered(registry, RIVAL, "ceremonial", "domestic-express")
    before = await registry.rows("SELECT count(*) AS n FROM outbox")
    body = await expect(
        registry.post(
            OFFICER,
            f"/customers/{survivor['customer_code']}/merge/preview",
            {"merged": merged["customer_code"]},
        ),
        200,
    )
    assert body["allowed"] is False
    assert [one["code"] for one in body["objections"]] == ["lines-clash"]
    assert {one["line"] for one in body["claims"]} == {"ceremonial", "domestic-express"}
    assert body["assignment"]["manager_id"] == str(RIVAL.staff_id)
    assert await registry.rows("SELECT count(*) AS n FROM outbox") == before


async def test_a_merge_is_listed_with_its_evidence(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry)
    done = await merge(registry, survivor["customer_code"], merged["customer_code"])
    listed = await expect(
        registry.get(OFFICER, "/merges", customer_id=merged["customer_id"], holds=True), 200
    )
    assert [one["id"] for one in listed["items"]] == [done["id"]]
    assert listed["items"][0]["evidence"][0]["text"] == "营业执照复印件一致"


async def test_while_a_dispute_lives_nothing_is_merged(registry: ServiceUnderTest) -> None:
    other = await registered(registry, MANAGER, "ceremonial")
    known = await disputes.registered(registry)
    await disputes.contested(registry, known, RIVAL)
    for survivor, merged in ((other, known), (known, other)):
        body = await merge(registry, survivor["customer_code"], merged["customer_code"], status=409)
        assert (body["code"], body["customer_id"]) == ("dispute-open", known["customer_id"])


async def test_a_unit_beyond_the_center_that_holds_a_line_is_the_provinces_to_merge(
    registry: ServiceUnderTest,
) -> None:
    known = customer(credit_code=credit_code())
    survivor, merged = await registered(registry), await registered(registry, MANAGER, "ceremonial", **known)
    held = await declared(registry, FAR, declaration("express-freight", **{**known, "division": "420525"}))
    await expect(registry.post(PROVINCE, f"/declarations/{held['id']}/accept", {"reason": "支持"}), 200)
    body = await merge(registry, survivor["customer_code"], merged["customer_code"], status=409)
    assert body["code"] == "holder-beyond-center"
    await merge(registry, survivor["customer_code"], merged["customer_code"], by=PROVINCE)
    assert (await holders(registry, survivor["customer_id"]))["express-freight"] == "420525"
