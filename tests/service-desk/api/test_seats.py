"""Seats: numbers 100–999, each given to one person; enrolled by one device; revoked."""

import json
from uuid import uuid4

import pytest

from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    FINANCE,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    Person,
    ServiceUnderTest,
    expect,
)

NEXT_DAY = "2026-03-03T09:00:00+08:00"
MORNING = "2026-03-02T09:00:00+08:00"
AGENT = Person("420100", "hotline-agent")


async def given(desk: ServiceUnderTest, to: Person = MANAGER, **asked: object) -> dict[str, object]:
    body: dict[str, object] = expect(
        await desk.post(ADMINISTRATOR, "/seats", {"staff_no": to.staff_no, **asked}), 201
    )
    return body


async def revoked(desk: ServiceUnderTest, seat: dict[str, object]) -> None:
    version = (await desk.get(ADMINISTRATOR, f"/seats/{seat['id']}")).headers["etag"].strip('"')
    expect(await desk.post(ADMINISTRATOR, f"/seats/{seat['id']}/revoke", version=int(version)), 200)


async def test_a_seat_is_given_to_a_person_with_the_form_of_its_numbers(desk: ServiceUnderTest) -> None:
    seat = await given(desk, number=999)
    assert (seat["number"], seat["staff_no"], seat["state"]) == (999, MANAGER.staff_no, "given")
    form = {"date_digits": 6, "seat_digits": 3, "serial_digits": 5, "check": "iso7064-mod11-10"}
    assert seat["numbers"] == form
    (event,) = await desk.events(f"seat:{seat['id']}")
    assert (event["type"], event["version"]) == ("service-desk.seat.changed.v1", 1)
    assert event["payload"]["number"] == 999


async def test_without_a_number_the_lowest_free_one_from_100_on_is_given(desk: ServiceUnderTest) -> None:
    first, second = await given(desk), await given(desk)
    assert 100 <= int(str(first["number"])) < int(str(second["number"]))


@pytest.mark.parametrize("number", [0, 99, 1000])
async def test_a_number_that_no_person_has_is_refused(desk: ServiceUnderTest, number: int) -> None:
    answer = await desk.post(ADMINISTRATOR, "/seats", {"staff_no": MANAGER.staff_no, "number": number})
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (
        422,
        "not-a-seat",
        "/number",
    )


@pytest.mark.parametrize("to", [FINANCE, INSPECTOR])
async def test_only_who_takes_calls_has_a_seat(desk: ServiceUnderTest, to: Person) -> None:
    answer = await desk.post(ADMINISTRATOR, "/seats", {"staff_no": to.staff_no})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-staff")


async def test_a_center_gives_seats_in_its_own_area_alone(desk: ServiceUnderTest) -> None:
    expect(await desk.post(DIRECTOR, "/seats", {"staff_no": HEAD.staff_no}), 201)
    foreign = await desk.post(FAR_OFFICER, "/seats", {"staff_no": HEAD.staff_no})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "unknown-staff")
    assert (await desk.post(AGENT, "/seats", {"staff_no": HEAD.staff_no})).status_code == 403


async def test_a_number_is_held_by_one_and_free_again_from_the_day_after_its_revocation(
    desk: ServiceUnderTest,
) -> None:
    seat = await given(desk, number=500)
    taken = {"staff_no": OFFICER.staff_no, "number": 500}
    assert (await desk.post(ADMINISTRATOR, "/seats", taken)).json()["code"] == "seat-taken"
    await revoked(desk, seat)
    assert (await desk.post(ADMINISTRATOR, "/seats", taken)).json()["code"] == "seat-taken"
    desk.set_clock(NEXT_DAY)
    try:
        expect(await desk.post(ADMINISTRATOR, "/seats", taken), 201)
    finally:
        desk.set_clock(MORNING)


async def test_a_seat_is_revoked_once_by_the_version_read(desk: ServiceUnderTest) -> None:
    seat = await given(desk)
    path = f"/seats/{seat['id']}/revoke"
    assert (await desk.post(ADMINISTRATOR, path)).status_code == 428
    assert (await desk.post(ADMINISTRATOR, path, version=7)).status_code == 412
    assert expect(await desk.post(ADMINISTRATOR, path, version=1), 200)["state"] == "revoked"
    again = await desk.post(ADMINISTRATOR, path, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "seat-revoked")


async def test_one_device_alone_counts_the_serials_of_a_seat(desk: ServiceUnderTest) -> None:
    seat = await given(desk)
    path, mine = f"/seats/{seat['number']}/enrol", {"device": str(uuid4())}
    assert expect(await desk.post(MANAGER, path, mine), 200)["state"] == "enrolled"
    assert expect(await desk.post(MANAGER, path, mine), 200)["version"] == 2
    second = await desk.post(MANAGER, path, {"device": str(uuid4())})
    assert (second.status_code, second.json()["code"]) == (409, "seat-enrolled")
    assert (await desk.post(OFFICER, path, mine)).status_code == 403


async def test_seats_are_listed_by_number_within_the_scope(desk: ServiceUnderTest) -> None:
    seat = await given(desk)
    mine = expect(await desk.get(OFFICER, "/seats", number=seat["number"], state="given"), 200)
    assert [one["id"] for one in mine["items"]] == [seat["id"]]
    assert "device" not in json.dumps(mine)
    assert expect(await desk.get(FAR_OFFICER, "/seats", number=seat["number"]), 200)["total"] == 0
