"""A merge taken back: both customers as they were, and what happened since with the one that it belongs to."""

from support.declarations import credit_code, declaration, declared
from support.merging import holders, merge, registered, shown, unmerge
from support.registry import RIVAL, SECOND, expect
from support.service import (
    MANAGER,
    ServiceUnderTest,
)


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


async def test_after_the_unmerge_the_keys_are_each_their_own_again(registry: ServiceUnderTest) -> None:
    code = credit_code()
    survivor = await registered(registry)
    merged = await registered(registry, RIVAL, "ceremonial", credit_code=code)
    await merge(registry, survivor["customer_code"], merged["customer_code"])
    await unmerge(registry, merged["customer_code"])
    again = await declared(registry, SECOND, declaration("ceremonial", credit_code=code))
    assert again["refusal"]["holder"]["org_id"] == "420107"


async def test_what_is_not_merged_cannot_be_taken_apart(registry: ServiceUnderTest) -> None:
    one = await registered(registry)
    assert (await unmerge(registry, one["customer_code"], status=409))["code"] == "not-merged"


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
