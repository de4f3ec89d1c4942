"""Blind checks: taken, by which unit, since and until when, which keys matched (hubei, art. 13, annex 1), nothing else."""

import io
import json
import logging
from typing import Any

import pytest

from support.declarations import credit_code, customer, declared
from support.registry import FAR, FAR_OFFICER, RIVAL, SECOND, expect
from support.service import HEAD, INSPECTOR, MANAGER, OFFICER, Person, ServiceUnderTest

LINES = ["domestic-express"]


async def asked(registry: ServiceUnderTest, person: Person, **facts: Any) -> dict[str, Any]:
    body = {"customer": customer(**facts)}
    answer: dict[str, Any] = await expect(registry.post(person, "/checks", body), 201)
    return answer


async def held_by(registry: ServiceUnderTest, person: Person, **facts: Any) -> dict[str, Any]:
    body = {"customer": customer(**facts), "lines": LINES}
    answer = await declared(registry, person, body)
    assert answer["state"] == "protected", answer
    return {**answer, "written": body["customer"]}


async def test_a_taken_customer_is_told_by_unit_time_and_matched_keys(registry: ServiceUnderTest) -> None:
    code = credit_code()
    taken = await held_by(registry, MANAGER, credit_code=code)
    answer = await asked(registry, FAR, credit_code=code, division="420525")
    [claim] = taken["claims"]
    assert {key: value for key, value in answer.items() if key not in ("id", "asked_at", "because")} == {
        "finding": "taken",
        "holder": {"org_id": "420106-T01", "name": "武昌一班"},
        "since": claim["since"],
        "until": claim["until"],
        "matched": ["credit-code"],
    }
    assert answer["because"]["reasons"][0]["article"] == "13"


async def test_name_and_phone_together_are_exact_where_one_side_has_no_code(
    registry: ServiceUnderTest,
) -> None:
    taken = (await held_by(registry, MANAGER, credit_code=credit_code()))["written"]
    both = await asked(registry, RIVAL, name=taken["name"], phones=taken["phones"])
    assert (both["finding"], both["matched"]) == ("taken", ["name-and-phone"])
    name_alone = await asked(registry, RIVAL, name=taken["name"], phones=["13900001111"])
    assert name_alone["finding"] == "similar"


async def test_below_the_center_something_similar_is_all_one_learns(registry: ServiceUnderTest) -> None:
    taken = (await held_by(registry, MANAGER))["written"]
    answer = await asked(registry, RIVAL, name=taken["name"], phones=["13900002222"])
    assert answer.keys() == {"id", "asked_at", "finding", "because"}
    reasons = answer["because"]["reasons"]
    assert [reason["inputs"] for reason in reasons] == [{"finding": "similar"}]


async def test_a_center_sees_candidates_within_its_own_subtree_alone(registry: ServiceUnderTest) -> None:
    taken = await held_by(registry, MANAGER)
    name = taken["written"]["name"]
    [candidate] = (await asked(registry, OFFICER, name=name, phones=["13900003333"]))["candidates"]
    assert (candidate["customer_id"], candidate["outcome"]) == (taken["customer_id"], "probable")
    assert (candidate["scores"]["name"], candidate["scores"]["phones"]) == (100, 0)
    assert candidate["reasons"] == ["same-name"]
    far = await asked(registry, FAR_OFFICER, name=name, phones=["13900003333"])
    assert far["finding"] == "similar"
    assert "candidates" not in far


async def test_what_nobody_has_is_free_and_what_is_merely_related_too(registry: ServiceUnderTest) -> None:
    assert (await asked(registry, RIVAL))["finding"] == "free"
    taken = (await held_by(registry, MANAGER))["written"]
    branch = await asked(registry, RIVAL, name=f"{taken['name']}汉口分公司")
    assert branch["finding"] == "free"
    assert branch.keys() == {"id", "asked_at", "finding", "because"}


async def test_a_released_customer_is_free(registry: ServiceUnderTest) -> None:
    taken = await held_by(registry, MANAGER, credit_code=(code := credit_code()))
    await expect(registry.post(MANAGER, f"/declarations/{taken['id']}/withdraw", {}), 200)
    assert (await asked(registry, RIVAL, credit_code=code))["finding"] == "free"


async def test_nothing_else_of_the_others_file_gets_out(
    registry: ServiceUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    code = credit_code()
    others = {
        "name": "武汉秘阁斋古籍修复有限公司",
        "credit_code": code,
        "phones": ["13671236789"],
        "address": "水陆街七十七号秘阁",
    }
    taken = await held_by(registry, MANAGER, **others)
    secrets = [
        others["name"],
        others["phones"][0],
        others["address"],
        "秘阁",
        taken["customer_id"],
        taken["id"],
        taken["claims"][0]["id"],
        str(MANAGER.staff_id),
        MANAGER.name,
    ]
    before = await registry.rows("SELECT COALESCE(max(seq), 0) AS last FROM outbox")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    with caplog.at_level(logging.DEBUG):
        exact = await registry.post(
            RIVAL, "/checks", {"customer": customer(name="另一个名字的公司", credit_code=code)}
        )
        similar = await registry.post(
            RIVAL, "/checks", {"customer": customer(name="秘阁斋古籍修复", phones=["13671236789"])}
        )
    logging.getLogger().removeHandler(handler)
    assert (exact.json()["finding"], similar.json()["finding"]) == ("taken", "similar")
    told = await registry.rows("SELECT payload::text FROM outbox WHERE seq > $1", before[0]["last"])
    looked = await registry.rows(
        "SELECT subject || fields::text || detail::text AS entry FROM audit_entry WHERE kind = 'blind-check'"
    )
    places = {
        "answer": exact.text,
        "headers": str(exact.headers) + str(similar.headers),
        "log": caplog.text + written.getvalue(),
        "events": json.dumps([row["payload"] for row in told]),
        "record": str([row["entry"] for row in looked]),
    }
    found = [(where, secret) for where, text in places.items() for secret in secrets if secret in text]
    assert found == []
    own_words = ("秘阁", "13671236789")
    assert [secret for secret in secrets if secret not in own_words and secret in similar.text] == []


async def test_each_check_is_kept_sealed_and_read_by_its_unit_and_those_above(
    registry: ServiceUnderTest,
) -> None:
    answer = await asked(registry, SECOND, name="武汉沁园春古琴有限公司", phones=["13800138000"])
    [row] = await registry.rows("SELECT * FROM blind_check WHERE check_id = $1", answer["id"])
    assert "沁园春".encode() not in bytes(row["asked"])
    assert b"free" not in bytes(row["answered"])
    [look] = await registry.rows(
        "SELECT * FROM audit_entry WHERE kind = 'blind-check' AND subject = $1", f"check:{answer['id']}"
    )
    assert (look["actor"], look["fields"]) == (str(SECOND.staff_id), ["name", "phones"])
    for reader in (SECOND, HEAD, OFFICER, INSPECTOR):
        shown = await expect(registry.get(reader, f"/checks/{answer['id']}"), 200)
        assert shown["asked"]["name"] == "武汉沁园春古琴有限公司"
        assert shown["answered"]["finding"] == "free"
    await expect(registry.get(RIVAL, f"/checks/{answer['id']}"), 404)
    listed = await expect(registry.get(OFFICER, "/checks", asked_by=str(SECOND.staff_id)), 200)
    assert listed["items"][0]["id"] == answer["id"]
    assert "asked" not in listed["items"][0]


async def test_the_same_request_again_is_the_same_check(registry: ServiceUnderTest) -> None:
    body = {"customer": customer()}
    once = await expect(registry.post(SECOND, "/checks", body, key="one-check"), 201)
    again = await expect(registry.post(SECOND, "/checks", body, key="one-check"), 201)
    assert once == again


async def test_who_may_not_declare_may_not_ask(registry: ServiceUnderTest) -> None:
    await expect(registry.post(INSPECTOR, "/checks", {"customer": customer()}), 403)
    foreign = await registry.post(RIVAL, "/checks", {"customer": customer(), "org_id": "420106-T01"})
    assert foreign.status_code == 404


async def test_a_wrong_credit_code_is_refused_before_anything_is_looked_up(
    registry: ServiceUnderTest,
) -> None:
    wrong = credit_code()[:-1] + "I"
    refused = await expect(registry.post(RIVAL, "/checks", {"customer": customer(credit_code=wrong)}), 422)
    assert refused["pointer"] == "/customer/credit_code"


async def test_a_person_asks_so_often_and_no_more(registry: ServiceUnderTest) -> None:
    asker = Person("420506", "account-manager", "严经理", "42050601")
    most = registry.app.state.settings.checks_most
    for _ in range(most):
        assert (await asked(registry, asker, division="420506"))["finding"] == "free"
    refused = await registry.post(asker, "/checks", {"customer": customer()})
    problem = await expect(_given(refused), 429)
    assert problem["code"] == "too-many-checks"
    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= registry.app.state.settings.checks_within_seconds + 1
    [row] = await registry.rows(
        "SELECT count(*) AS kept FROM blind_check WHERE asked_by = $1", asker.staff_id
    )
    assert row["kept"] == most
    # Moving the business clock gives nobody more of them.
    registry.set_clock("2026-03-09T09:00:00+08:00")
    try:
        assert (await registry.post(asker, "/checks", {"customer": customer()})).status_code == 429
    finally:
        registry.set_clock("2026-03-02T09:00:00+08:00")
    # Another of the same unit has turns of their own.
    other = Person("420506", "unit-head", "云局长", "42050602")
    assert (await asked(registry, other, division="420506"))["finding"] == "free"


async def _given(answer: Any) -> Any:
    return answer
