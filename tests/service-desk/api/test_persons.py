"""What is kept of a person goes on request; the case, its number, clocks, amounts and events stay."""

from typing import Any
from uuid import uuid4

import pytest

from support.claims import AGENT, Json, handled, paid, take
from support.service import DIRECTOR, FAR_OFFICER, FINANCE, MANAGER, OFFICER, Person, ServiceUnderTest, expect

OTHER_OFFICER = Person("420100", "center-officer", "另一专员")
NAME, WORDS = "司徒女士", "家住珞珈山十八栋"
# Sealed columns that hold nothing of a caller: what was carried in an emergency.
NOT_OF_CALLERS = {("emergency", "words"), ("emergency_use", "words")}
# No text at all: digests, and bodies that others sent or that are kept for a day.
NO_TEXTS = {
    "case_ground", "idempotency", "parked", "audit_block", "attachment", "seat_call",
}  # fmt: skip


async def complaint(desk: ServiceUnderTest, phone: str, **of: Any) -> Json:
    body = {
        "channel": "hotline", "category": "attitude", "content": WORDS, "place": "珞珈山",
        "caller": {"phone": phone, "name": NAME},
    }  # fmt: skip
    answer: Json = expect(await desk.post(AGENT, "/complaints", body, **of), 201)
    return answer


async def erased(desk: ServiceUnderTest, **whose: Any) -> Json:
    asked = expect(await desk.post(OFFICER, "/persons/erasures", {"reason": f"{NAME}来函", **whose}), 201)
    answer: Json = expect(
        await desk.post(DIRECTOR, f"/persons/erasures/{asked['id']}/execute", version=1), 200
    )
    return answer


async def everything(desk: ServiceUnderTest) -> str:
    """Give every text that the database holds sealed, kept answers too, opened."""
    vault = desk.runtime.vault
    tables = await desk.rows(
        """SELECT table_name AS t, column_name AS c FROM information_schema.columns
           WHERE table_schema = 'public' AND data_type = 'bytea' AND NOT table_name = ANY ($1::text[])""",
        sorted(NO_TEXTS - {"idempotency"}),
    )
    found = []
    for place in tables:
        for row in await desk.rows(
            f'SELECT "{place["c"]}" AS sealed FROM "{place["t"]}" WHERE "{place["c"]}" IS NOT NULL'
        ):
            try:
                found.append(vault.open(row["sealed"]))
            except ValueError:
                continue
    return "\n".join(found)


async def test_erasure_leaves_the_case_and_takes_everything_of_the_person(desk: ServiceUnderTest) -> None:
    phone, key = "13907112233", str(uuid4())
    case = await complaint(desk, phone, key=key)
    path = f"/complaints/{case['case_no']}"
    answer = {"answer": f"{NAME}您好", "by": "phone", "next_steps": "再来电"}
    step_key = str(uuid4())
    expect(await desk.post(OFFICER, f"{path}/answer", answer, version=1, key=step_key), 200)
    attachment = await desk.http.post(
        "/v1/attachments",
        files={"file": ("a.txt", b"face", "text/plain")},
        data={"subject": case["case_no"]},
        headers={**desk.headers(OFFICER), "Idempotency-Key": str(uuid4())},
    )
    assert attachment.status_code == 201, attachment.text
    before = expect(await desk.get(OFFICER, path), 200)
    events = await desk.events(f"complaint:{case['id']}")
    assert NAME in await everything(desk) and WORDS in await everything(desk)

    done = await erased(desk, phone=phone)
    assert done["state"] == "executed" and done["case_nos"] == [case["case_no"]]
    assert done["erased"]["complaint"] == 1 and done["erased"]["kept_answers"] >= 2
    left = await everything(desk)
    for secret in (NAME, WORDS, phone, "珞珈山"):
        assert secret not in left, secret
    after = expect(await desk.get(OFFICER, path), 200)
    assert after["caller"] == {"phone": None, "name": None} and after["erased_at"] is not None
    assert not {"content", "place", "answer"} & set(after)
    kept = ("case_no", "state", "version", "deadlines", "first_responder", "promised", "received_at")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert await desk.events(f"complaint:{case['id']}") == events
    assert expect(await desk.get(OFFICER, path, full_phone="true"), 200)["caller"]["phone"] is None
    found = expect(await desk.get(AGENT, "/callers", phone=phone), 200)
    assert (found["match"], found["open_cases"]) == ("none", [])
    # The answers that were kept for the two requests say nothing of the person any more.
    again = await desk.post(OFFICER, f"{path}/answer", answer, version=1, key=step_key)
    assert NAME not in again.text and WORDS not in again.text
    assert (await desk.get(OFFICER, f"/attachments/{attachment.json()['id']}")).status_code == 404
    # The case goes on.
    cause = {"cause": "bad-attitude", "link": "delivery", "responsibility": "投递班"}
    expect(await desk.post(OFFICER, f"{path}/investigation", cause, version=2), 200)


async def test_a_claims_money_liability_and_ledger_outlive_the_erasure(desk: ServiceUnderTest) -> None:
    phone = "13907114455"
    claim = await paid(desk, "88.80", caller={"phone": phone, "name": NAME}, content=WORDS)
    await erased(desk, phone=phone)
    left = expect(await desk.get(OFFICER, f"/compensations/{claim['case_no']}"), 200)
    assert (left["state"], left["amount_paid"], left["mail_no"]) == ("paid", "88.80", claim["mail_no"])
    assert [step["step"] for step in left["steps"]] == ["handle", "pay"] and left["caller"]["name"] is None
    assert all(step["words"] == {} for step in left["steps"])
    again = await paid_again(desk, claim)
    assert again == "already-paid"


async def paid_again(desk: ServiceUnderTest, claim: Json) -> str:
    """Try to be paid once more for the item; gives the refusal."""
    other = await handled(desk, "88.80", mail_no=claim["mail_no"])
    answer = await take(desk, FINANCE, other, "pay", amount="88.80", reference="x")
    return str(answer.json()["code"])


async def test_nobody_executes_their_own_request_and_nobody_reaches_beyond_their_area(
    desk: ServiceUnderTest,
) -> None:
    phone = "13907116677"
    case = await complaint(desk, phone)
    own = expect(
        await desk.post(DIRECTOR, "/persons/erasures", {"reason": "x", "case_nos": [case["case_no"]]}), 201
    )
    refused = await desk.post(DIRECTOR, f"/persons/erasures/{own['id']}/execute", version=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "maker-is-checker")
    assert (
        await desk.post(OTHER_OFFICER, f"/persons/erasures/{own['id']}/execute", version=1)
    ).status_code == 403
    far = await desk.post(FAR_OFFICER, "/persons/erasures", {"reason": "x", "phone": phone})
    assert (far.status_code, far.json()["code"]) == (409, "nothing-to-erase")
    far_director = Person("420500", "center-director")
    assert (
        await desk.post(far_director, f"/persons/erasures/{own['id']}/execute", version=1)
    ).status_code == 404
    assert (await desk.post(AGENT, "/persons/erasures", {"reason": "x", "phone": phone})).status_code == 403
    other = Person("420100", "center-director", "副主任")
    done = expect(await desk.post(other, f"/persons/erasures/{own['id']}/refuse", version=1), 200)
    assert done["state"] == "refused"
    late = await desk.post(other, f"/persons/erasures/{own['id']}/execute", version=2)
    assert (late.status_code, late.json()["code"]) == (409, "already-decided")
    assert expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)["caller"]["name"] == NAME


async def test_an_extension_is_no_number_of_ones_own(desk: ServiceUnderTest) -> None:
    answer = await desk.post(OFFICER, "/persons/erasures", {"reason": "x", "phone": "027-87654321转8001"})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/phone")


async def test_every_sealed_column_is_reached_by_the_erasure(desk: ServiceUnderTest) -> None:
    columns = await desk.rows(
        """SELECT table_name AS t, column_name AS c FROM information_schema.columns
           WHERE table_schema = 'public' AND data_type = 'bytea' AND NOT table_name = ANY ($1::text[])
             AND column_name <> 'ground'""",
        sorted(NO_TEXTS),
    )
    (source,) = await desk.rows("SELECT prosrc FROM pg_proc WHERE proname = 'erase_cases'")
    by_itself = {("person_erasure", "reason")}
    for place in columns:
        if (place["t"], place["c"]) in NOT_OF_CALLERS | by_itself:
            continue
        line = next((one for one in source["prosrc"].splitlines() if f"UPDATE {place['t']} SET" in one), "")
        assert f"{place['c']} = blank" in line, place


async def test_a_name_and_a_phone_are_corrected_and_who_did_it_stays_on_record(
    desk: ServiceUnderTest,
) -> None:
    case = await complaint(desk, "13907118800")
    body = {"case_no": case["case_no"], "phone": "13907118899", "name": "司徒先生", "reason": "听错"}
    expect(await desk.post(MANAGER, "/persons/corrections", body), 404)
    expect(await desk.post(AGENT, "/persons/corrections", body), 201)
    read = expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)
    assert (read["caller"], read["version"]) == ({"phone": "139****8899", "name": "司徒先生"}, 1)
    assert expect(await desk.get(AGENT, "/callers", phone="13907118800"), 200)["open_cases"] == []
    found = expect(await desk.get(AGENT, "/callers", phone="13907118899"), 200)["open_cases"]
    assert [one["case_no"] for one in found] == [case["case_no"]]
    (row,) = await desk.rows(
        "SELECT fields, actor FROM person_correction WHERE case_no = $1", case["case_no"]
    )
    assert (row["fields"], row["actor"]) == (["name", "phone"], str(AGENT.staff_id))
    (look,) = await desk.rows(
        "SELECT kind, detail FROM audit_entry WHERE subject = $1", f"complaint:{case['id']}"
    )
    assert look["kind"] == "person-corrected" and "1390711" not in look["detail"]


@pytest.mark.parametrize(
    ("field", "text", "accepted"),
    [
        ("content", "𠮷野家 👨‍👩‍👧‍👦 שלום עליכם\u200b e\u0301\n\t第二行", True),
        ("content", "先\u202e后", True),
        ("content", "响\u0007铃", False),
        ("content", "转\u001b[31m义", False),
        ("content", "删\u007f", False),
        ("content", "控\u0085制", False),
        ("content", "空\u0000", False),
        ("place", "𠮷林路👍", True),
        ("place", "שלום", True),
        ("place", "零\u200b宽", True),
        ("place", "先\u202e后", False),
        ("place", "隔\u2066离", False),
        ("place", "两\n行", False),
    ],
)
async def test_a_text_is_kept_to_the_character_or_refused_with_its_place(
    desk: ServiceUnderTest, field: str, text: str, accepted: bool
) -> None:
    body = {"channel": "hotline", "category": "other", "content": "x", field: text}
    answer = await desk.post(AGENT, "/complaints", body)
    if accepted:
        case = expect(answer, 201)
        assert expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)[field] == text.strip()
    else:
        assert answer.status_code == 422 and f"/{field}" in answer.text


async def test_a_megabyte_of_text_is_refused_with_its_pointer_and_nothing_is_kept(
    desk: ServiceUnderTest,
) -> None:
    (before,) = await desk.rows("SELECT count(*) AS n FROM complaint")
    body = {"channel": "hotline", "category": "other"}
    for text in ("迟" * 300_000, "x" * 1_000_000):
        answer = await desk.post(AGENT, "/complaints", {**body, "content": text})
        assert answer.status_code == 422 and "/content" in answer.text
        assert len(answer.content) < 10_000
    longest = "迟" * 20_000
    case = expect(await desk.post(AGENT, "/complaints", {**body, "content": longest}), 201)
    assert expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)["content"] == longest
    (after,) = await desk.rows("SELECT count(*) AS n FROM complaint")
    assert after["n"] == before["n"] + 1
