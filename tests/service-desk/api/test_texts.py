"""Texts are kept as they came, and steps ask for the version that was read."""

import pytest

from support.service import Person, ServiceUnderTest

AGENT = Person("420100", "hotline-agent")
OFFICER = Person("420100", "center-officer")
ANSWER = {"answer": "已致电", "by": "phone", "next_steps": "再来电"}


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧‍👦 投诉",
        "𠮷野家",
        "שלום עליכם",
        "零\u200b宽",
        "e\u0301",
        "行一\n行二\t。",
        "'; DROP TABLE complaint; --",
        "=1+1",
    ],
)
async def test_every_character_that_has_a_code_point_is_kept(desk: ServiceUnderTest, text: str) -> None:
    body = {
        "channel": "hotline",
        "category": "other",
        "content": text,
        "place": text.split("\n")[0],
        "caller": {"name": text.split("\n")[0][:5]},
    }
    case_no = (await desk.post(AGENT, "/complaints", body)).json()["case_no"]
    read = (await desk.get(OFFICER, f"/complaints/{case_no}")).json()
    assert read["content"] == text
    assert read["caller"]["name"] == text.split("\n")[0][:5].strip()


async def test_a_step_without_the_version_read_is_refused(desk: ServiceUnderTest) -> None:
    body = {"channel": "hotline", "category": "other", "content": "x"}
    case_no = (await desk.post(AGENT, "/complaints", body)).json()["case_no"]
    missing = await desk.post(OFFICER, f"/complaints/{case_no}/answer", ANSWER)
    stale = await desk.post(OFFICER, f"/complaints/{case_no}/answer", ANSWER, version=7)
    nonsense = await desk.post(OFFICER, f"/complaints/{case_no}/answer", ANSWER, headers={"If-Match": '"x"'})
    assert [answer.status_code for answer in (missing, stale, nonsense)] == [428, 412, 412]
    assert (await desk.get(OFFICER, f"/complaints/{case_no}")).headers["etag"] == '"1"'


async def test_an_unknown_cause_is_refused_with_those_that_are_known(desk: ServiceUnderTest) -> None:
    body = {"channel": "hotline", "category": "other", "content": "x"}
    case_no = (await desk.post(AGENT, "/complaints", body)).json()["case_no"]
    await desk.post(OFFICER, f"/complaints/{case_no}/answer", ANSWER, version=1)
    found = {"cause": "坏运气", "link": "delivery", "responsibility": "无"}
    answer = await desk.post(OFFICER, f"/complaints/{case_no}/investigation", found, version=2)
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (
        422,
        "unknown-cause",
        "/cause",
    )
    assert "bad-attitude" in answer.json()["known"]
