"""Two files that turned out to be one customer (hubei 19: one customer, one code): merged, and taken apart again."""

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


async def test_the_assignment_ends_and_comes_back(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    told = await registry.events(f"assignment:{merged['customer_id']}")
    assert told[-1]["payload"]["valid_to"] == "2026-03-02"
    await unmerge(registry, merged["customer_code"])
    told = await registry.events(f"assignment:{merged['customer_id']}")
    assert told[-1]["payload"]["valid_to"] is None
    assert told[-1]["payload"]["manager_id"] == str(RIVAL.staff_id)
    assert [one["version"] for one in told] == [1, 2, 3]


async def test_unmerging_restores_both(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    before = [await shown(registry, one["customer_code"]) for one in (survivor, merged)]
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    await unmerge(registry, merged["customer_code"])
    after = [await shown(registry, one["customer_code"]) for one in (survivor, merged)]
    changing = {"version", "claims"}
    for was, now in zip(before, after, strict=True):
        assert {k: v for k, v in was.items() if k not in changing} == {
            k: v for k, v in now.items() if k not in changing
        }
        assert [(c["line"], c["org_id"], c.get("until")) for c in was["claims"]] == [
            (c["line"], c["org_id"], c.get("until")) for c in now["claims"]
        ]


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


async def test_after_the_unmerge_the_keys_are_each_their_own_again(registry: ServiceUnderTest) -> None:
    code = credit_code()
    survivor = await registered(registry)
    merged = await registered(registry, RIVAL, "ceremonial", credit_code=code)
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    await unmerge(registry, merged["customer_code"])
    again = await declared(registry, SECOND, declaration("ceremonial", credit_code=code))
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


async def test_what_is_not_merged_cannot_be_taken_apart(registry: ServiceUnderTest) -> None:
    one = await registered(registry)
    assert (await unmerge(registry, one["customer_code"], status=409))["code"] == "not-merged"


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


async def test_a_chain_leads_to_its_end_and_is_undone_in_the_middle(registry: ServiceUnderTest) -> None:
    first = await registered(registry, MANAGER, "domestic-express")
    second = await registered(registry, MANAGER, "ceremonial")
    third = await registered(registry, MANAGER, "integrated-logistics")
    await merge(registry, second["customer_code"], first["customer_code"])
    await merge(registry, third["customer_code"], second["customer_code"])
    assert (await shown(registry, first["customer_code"]))["customer_id"] == third["customer_id"]
    assert set(await holders(registry, third["customer_id"])) == {
        "domestic-express",
        "ceremonial",
        "integrated-logistics",
    }
    await unmerge(registry, second["customer_code"])
    assert (await shown(registry, first["customer_code"]))["customer_id"] == second["customer_id"]
    assert set(await holders(registry, second["customer_id"])) == {"domestic-express", "ceremonial"}
    assert set(await holders(registry, third["customer_id"])) == {"integrated-logistics"}
    await unmerge(registry, first["customer_code"])
    assert set(await holders(registry, first["customer_id"])) == {"domestic-express"}


async def test_a_claim_begun_since_goes_where_it_is_said_to_belong(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    late = await registered(
        registry, MANAGER, "express-freight", **(await _identity(registry, survivor["customer_code"]))
    )
    assert late["customer_id"] == survivor["customer_id"]
    body = await shown(registry, survivor["customer_code"])
    [claim] = [one for one in body["claims"] if one["line"] == "express-freight"]
    await unmerge(registry, merged["customer_code"], claims=[claim["id"]])
    assert set(await holders(registry, survivor["customer_id"])) == {"domestic-express"}
    assert await holders(registry, merged["customer_id"]) == {
        "ceremonial": "420107",
        "express-freight": "420106-T01",
    }


async def _identity(registry: ServiceUnderTest, code: str) -> dict[str, object]:
    body = await shown(registry, code)
    return {"name": body["name"], "phones": body["phones"]}


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


async def test_the_survivor_takes_over_what_its_file_has_not_and_gives_it_back(
    registry: ServiceUnderTest,
) -> None:
    survivor, merged = await registered(registry), await registered(registry, RIVAL, "ceremonial")
    own, other = (
        {"basic": {"business_head": "周女士"}},
        {
            "basic": {"business_head": "吴先生", "business_head_phone": "027-87651234"},
            "key_persons": [{"name": "郑女士", "post": "采购"}],
        },
    )
    for one, file, person in ((survivor, own, MANAGER), (merged, other, RIVAL)):
        answer = await registry.patch(person, f"/customers/{one['customer_code']}/file", file, 0)
        assert answer.status_code == 200, answer.text
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    file = await expect(registry.get(MANAGER, f"/customers/{survivor['customer_code']}/file"), 200)
    assert file["basic"]["business_head"] == "周女士"
    assert file["basic"]["business_head_phone"] == "027-87651234"
    assert [one["name"] for one in file["key_persons"]] == ["郑女士"]
    await unmerge(registry, merged["customer_code"])
    file = await expect(registry.get(MANAGER, f"/customers/{survivor['customer_code']}/file"), 200)
    assert "business_head_phone" not in file["basic"]
    assert file["key_persons"] == []
    theirs = await expect(registry.get(RIVAL, f"/customers/{merged['customer_code']}/file"), 200)
    assert theirs["basic"]["business_head"] == "吴先生"
    assert [one["name"] for one in theirs["key_persons"]] == ["郑女士"]


async def test_a_merge_is_listed_with_its_evidence(registry: ServiceUnderTest) -> None:
    survivor, merged = await registered(registry), await registered(registry)
    done = await merge(registry, survivor["customer_code"], merged["customer_code"])
    listed = await expect(
        registry.get(OFFICER, "/merges", customer_id=merged["customer_id"], holds=True), 200
    )
    assert [one["id"] for one in listed["items"]] == [done["id"]]
    assert listed["items"][0]["evidence"][0]["text"] == "营业执照复印件一致"
