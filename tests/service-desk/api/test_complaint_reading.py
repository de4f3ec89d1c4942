"""What is read of a complaint, and by whom: whole, masked or its headers, in lists, and nothing out of scope."""

import pytest

from support.desk_steps import AGENT, CLERK, STEPS, received, refused
from support.service import FAR_OFFICER, Person, ServiceUnderTest


async def test_out_of_scope_there_is_no_such_complaint(desk: ServiceUnderTest) -> None:
    case_no = await received(desk)
    answers = [
        await desk.get(FAR_OFFICER, f"/complaints/{case_no}"),
        await desk.get(FAR_OFFICER, f"/complaints/{case_no}/timeline"),
        await desk.post(FAR_OFFICER, f"/complaints/{case_no}/answer", STEPS["answer"], version=1),
        await desk.post(FAR_OFFICER, f"/complaints/{case_no}/transfer", {"to": "420100", "reason": "x"}),
    ]
    assert {refused(answer) for answer in answers} == {(404, "not-found")}
    listed = (await desk.get(FAR_OFFICER, "/complaints", limit=200)).json()["items"]
    assert case_no not in {item["case_no"] for item in listed}


async def test_a_phone_is_masked_and_a_look_at_the_whole_is_recorded(desk: ServiceUnderTest) -> None:
    case_no = await received(desk, caller={"phone": "13812345678", "name": "马先生"})
    masked = (await desk.get(CLERK, f"/complaints/{case_no}")).json()
    assert masked["caller"] == {"phone": "138****5678", "name": "马先生"}
    whole = (await desk.get(CLERK, f"/complaints/{case_no}", full_phone=True)).json()
    assert whole["caller"]["phone"] == "13812345678"
    (look,) = await desk.rows("SELECT * FROM audit_entry WHERE subject = $1", f"complaint:{whole['id']}")
    assert (look["actor"], look["kind"], look["fields"]) == (
        str(CLERK.staff_id),
        "full-phone",
        ["caller.phone"],
    )
    listed = await desk.get(CLERK, "/complaints", limit=200)
    assert "13812345678" not in listed.text and "马先生" not in listed.text


@pytest.mark.parametrize("role", ["observer", "administrator", "system", "finance"])
async def test_who_only_watches_sees_headers_without_texts(desk: ServiceUnderTest, role: str) -> None:
    case_no = await received(desk, caller={"phone": "13812345678"})
    watcher = Person("420000", role)
    for full in (False, True):
        body = (await desk.get(watcher, f"/complaints/{case_no}", full_phone=full)).json()
        assert body["state"] == "recorded" and body["deadlines"]
        assert not {"caller", "content", "answer", "mail_no"} & set(body)
    steps = (await desk.get(watcher, f"/complaints/{case_no}/timeline")).json()["steps"]
    assert not any("words" in step for step in steps)


async def test_lists_filter_and_page_without_gap_or_double(desk: ServiceUnderTest) -> None:
    made = [await received(desk, category="charging") for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (
            await desk.get(CLERK, "/complaints", category="charging", open=True, limit=2, **cursor)
        ).json()
        assert page["total"] >= 5
        seen += [item["case_no"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert set(made) <= set(seen)
    assert len(seen) == len(set(seen)) == page["total"]


async def test_the_words_of_the_forms_come_from_the_law(desk: ServiceUnderTest) -> None:
    body = (await desk.get(AGENT, "/complaint-words")).json()
    assert {
        "code": "bad-attitude",
        "zh": "服务态度恶劣",
        "en": "bad attitude",
        "group": "marketing-service",
    } in body["causes"]
    assert {link["code"] for link in body["links"]} == {
        "pick-up",
        "processing",
        "transport",
        "delivery",
        "information",
    }
