"""Attachments hang on a case: named in one form, listed with it, read by whom it is open to, erased with it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from support.claims import AGENT, Json, a_customer, filed
from support.service import DIRECTOR, FAR_OFFICER, OBSERVER, OFFICER, Person, ServiceUnderTest, expect

FAR_AGENT = Person("420500", "hotline-agent")
PHOTO = "破损照片".encode()


async def attached(
    desk: ServiceUnderTest, subject: str | None, who: Person = AGENT, name: str = "现场.txt"
) -> httpx.Response:
    return await desk.http.post(
        "/v1/attachments",
        files={"file": (name, PHOTO)},
        data={} if subject is None else {"subject": subject},
        headers={**desk.headers(who), "Idempotency-Key": str(uuid4())},
    )


async def a_complaint(desk: ServiceUnderTest, who: Person = AGENT, **facts: Any) -> Json:
    body = {"channel": "hotline", "category": "attitude", "content": "x", **facts}
    case: Json = expect(await desk.post(who, "/complaints", body), 201)
    return case


async def a_claim(desk: ServiceUnderTest, **facts: Any) -> Json:
    claim: Json = await filed(desk, "88.80", **facts)
    return claim


async def a_request(desk: ServiceUnderTest, **facts: Any) -> Json:
    customer = await a_customer(desk)
    caller = {**facts.pop("caller", {}), "customer_id": customer}
    body = {"channel": "hotline", "kind": "urgent", "content": "x", "caller": caller, **facts}
    request: Json = expect(await desk.post(AGENT, "/service-requests", body), 201)
    return request


CASES = {
    "complaint": (a_complaint, "complaints"),
    "compensation": (a_claim, "compensations"),
    "service-request": (a_request, "service-requests"),
}


@pytest.mark.parametrize("case_type", CASES)
@pytest.mark.parametrize("form", ["{type}:{id}", "{type}:{case_no}", "{id}", "{case_no}"])
async def test_a_case_is_named_in_any_form_and_kept_in_one_and_lists_what_hangs_on_it(
    desk: ServiceUnderTest, case_type: str, form: str
) -> None:
    taken, path = CASES[case_type]
    case = await taken(desk)
    answer = await attached(desk, form.format(type=case_type, id=case["id"], case_no=case["case_no"]))
    kept = expect(answer, 201)
    assert kept["subject"] == f"{case_type}:{case['id']}"
    whole = expect(await desk.get(OFFICER, f"/{path}/{case['case_no']}"), 200)
    (listed,) = whole["attachments"]
    assert {name: listed[name] for name in ("id", "name", "media_type", "size")} == {
        "id": kept["id"], "name": "现场.txt", "media_type": "text/plain; charset=utf-8", "size": len(PHOTO),
    }  # fmt: skip
    assert listed["at"].startswith("2026-03-02T") and listed["actor"]["staff_id"] == str(AGENT.staff_id)


@pytest.mark.parametrize(
    "subject",
    [
        None, "", "nonsense", "complaint:", "complaint:nonsense", "260302000999990", "invoice:{id}", "compensation:{id}",
        "complaint:{id}x", "01a1ffc8-4bd4-7740-85a0-751c0389cb88", "complaint:01a1ffc8-4bd4-7740-85a0-751c0389cb88",
    ],
)  # fmt: skip
async def test_what_names_no_case_is_refused_and_nothing_is_kept(
    desk: ServiceUnderTest, subject: str | None
) -> None:
    case = await a_complaint(desk)
    (before,) = await desk.rows("SELECT count(*) AS n FROM attachment")
    answer = await attached(desk, subject and subject.format(id=case["id"]))
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/subject"), answer.text
    assert (await desk.rows("SELECT count(*) AS n FROM attachment")) == [before]


async def test_nobody_attaches_to_a_case_that_they_may_not_see(desk: ServiceUnderTest) -> None:
    case = await a_complaint(desk)
    for form in (f"complaint:{case['id']}", case["case_no"]):
        answer = await attached(desk, form, FAR_AGENT)
        assert (answer.status_code, answer.json()["pointer"]) == (422, "/subject")
    assert expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)["attachments"] == []


async def test_it_is_read_by_whom_the_case_is_open_to_whoever_put_it_in(desk: ServiceUnderTest) -> None:
    """A province's officer attaches to a city's case: the city reads it, another city does not."""
    case = await a_complaint(desk)
    province = Person("420000", "center-officer", "省专员")
    kept = expect(await attached(desk, case["id"], province), 201)
    for who, status in ((province, 200), (OFFICER, 200), (AGENT, 200), (FAR_OFFICER, 404), (FAR_AGENT, 404)):
        answer = await desk.get(who, f"/attachments/{kept['id']}")
        assert answer.status_code == status, who
        assert status == 404 or answer.content == PHOTO
    listed = expect(await desk.get(OFFICER, f"/complaints/{case['case_no']}"), 200)["attachments"]
    assert [one["id"] for one in listed] == [kept["id"]]


async def test_who_may_not_read_a_cases_texts_is_not_told_what_hangs_on_it(desk: ServiceUnderTest) -> None:
    case = await a_complaint(desk)
    expect(await attached(desk, case["id"]), 201)
    seen = await desk.get(OBSERVER, f"/complaints/{case['case_no']}")
    assert seen.status_code == 200 and "attachments" not in seen.json()


@pytest.mark.parametrize("case_type", CASES)
async def test_erasure_takes_all_that_hangs_on_the_cases_and_nothing_else(
    desk: ServiceUnderTest, case_type: str
) -> None:
    taken, path = CASES[case_type]
    phone = f"1390715{['complaint', 'compensation', 'service-request'].index(case_type)}788"
    case, other = await taken(desk, caller={"phone": phone}), await taken(desk)
    forms = (f"{case_type}:{case['id']}", f"{case_type}:{case['case_no']}", case["id"], case["case_no"])
    hung = [expect(await attached(desk, form, name="司徒女士.txt"), 201)["id"] for form in forms]
    stays = expect(await attached(desk, other["id"]), 201)["id"]
    whose = {"phone": phone, "reason": "来函"}
    asked = expect(await desk.post(OFFICER, "/persons/erasures", whose), 201)
    done = expect(await desk.post(DIRECTOR, f"/persons/erasures/{asked['id']}/execute", version=1), 200)
    assert done["erased"]["attachment"] == len(forms)
    # The answers to the uploads name the file: they are forgotten too.
    assert done["erased"]["kept_answers"] >= len(forms)
    for one in hung:
        assert (await desk.get(OFFICER, f"/attachments/{one}")).status_code == 404
    assert expect(await desk.get(OFFICER, f"/{path}/{case['case_no']}"), 200)["attachments"] == []
    assert (await desk.get(OFFICER, f"/attachments/{stays}")).content == PHOTO
