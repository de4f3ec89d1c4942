"""What each side puts in, with attachments, what the registry puts in by itself, and who sees which of it."""

import pytest_asyncio

from support.disputes import (
    RIVAL_HEAD,
    add_people,
    contested,
    prospect,
    registered,
)
from support.registry import expect
from support.service import (
    DIRECTOR,
    FAR_HEAD,
    HEAD,
    Person,
    ServiceUnderTest,
)

MINE, THEIRS = "420106-T01", "420107"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def people(registry: ServiceUnderTest) -> None:
    """Heads and directors beside those of the tree."""
    await add_people(registry)


async def attach(registry: ServiceUnderTest, person: Person, dispute_id: str, text: bytes = b"scan") -> str:
    answer = await registry.http.post(
        "/v1/attachments",
        files={"file": ("evidence.txt", text)},
        data={"subject": f"dispute:{dispute_id}"},
        headers={**registry.headers(person), "Idempotency-Key": f"{dispute_id}{person.org_id}"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_party_sees_its_own_evidence_and_the_center_sees_all(registry: ServiceUnderTest) -> None:
    dispute = await contested(registry, await prospect(registry), statement="我方先签约")
    path = f"/disputes/{dispute['id']}"
    scan = await attach(registry, HEAD, dispute["id"], b"our contract")
    body = {"text": "我方已走访三次", "attachments": [scan]}
    filed = await expect(registry.post(HEAD, f"{path}/evidence", body), 201)
    assert [one["text"] for one in filed["evidence"] if one["kind"] == "filed"] == ["我方已走访三次"]
    theirs = await registry.get(RIVAL_HEAD, path)
    assert [one["text"] for one in theirs.json()["evidence"] if one["kind"] == "filed"] == ["我方先签约"]
    assert {one["org_id"] for one in theirs.json()["evidence"]} == {THEIRS}
    assert scan not in theirs.text
    center = await expect(registry.get(DIRECTOR, path), 200)
    assert {one["text"] for one in center["evidence"] if one["kind"] == "filed"} == {
        "我方先签约",
        "我方已走访三次",
    }
    looks: dict[Person, int] = {HEAD: 200, DIRECTOR: 200, RIVAL_HEAD: 404, FAR_HEAD: 404}
    for person, status in looks.items():
        answer = await registry.get(person, f"/attachments/{scan}")
        assert answer.status_code == status, person
    told = await registry.rows(
        "SELECT payload::text AS told FROM outbox WHERE aggregate = $1", f"dispute:{dispute['id']}"
    )
    assert not [one for one in told if "走访" in one["told"] or "签约" in one["told"]]
    stored = await registry.rows("SELECT text FROM dispute_evidence WHERE text IS NOT NULL")
    assert not [one for one in stored if "走访".encode() in one["text"]]


async def test_an_attachment_of_another_unit_or_dispute_is_no_evidence(registry: ServiceUnderTest) -> None:
    dispute = await contested(registry, await prospect(registry))
    foreign = await attach(registry, RIVAL_HEAD, dispute["id"])
    body = {"text": "见附件", "attachments": [foreign]}
    answer = await expect(registry.post(HEAD, f"/disputes/{dispute['id']}/evidence", body), 422)
    assert answer["pointer"] == "/attachments/0"


async def test_declarations_and_claims_are_evidence_without_anybody_filing_them(
    registry: ServiceUnderTest,
) -> None:
    known = await registered(registry)
    dispute = await contested(registry, known)
    center = await expect(registry.get(DIRECTOR, f"/disputes/{dispute['id']}"), 200)
    objective = {(one["org_id"], one["kind"]) for one in center["evidence"] if one["objective"]}
    mine = {(MINE, "declaration"), (MINE, "claim"), (MINE, "registration")}
    assert objective == {*mine, (THEIRS, "declaration")}
    recorded = [one["recorded_at"] for one in center["evidence"]]
    assert recorded == sorted(recorded)
