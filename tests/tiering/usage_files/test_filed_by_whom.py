"""Who files usage, for which units and months, and who sees the files."""

import pytest

from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    MANAGER,
    OBSERVER,
    OFFICER,
    PROVINCE,
    ServiceUnderTest,
    expect,
)
from support.usage_filing import csv, customer, filed, row, upload


async def test_only_filers_file_and_only_for_units_of_their_subtree(tiering: ServiceUnderTest) -> None:
    assert (await upload(tiering, MANAGER, csv([]), status=403))["code"] == "forbidden"
    assert (await upload(tiering, OBSERVER, csv([]), status=403))["code"] == "forbidden"
    assert (await upload(tiering, OFFICER, csv([]), org_id="420500", status=404))["code"] == "not-found"
    assert (await upload(tiering, OFFICER, csv([]), org_id="420106-T01", status=422))["code"] == "wrong-unit"
    file = await upload(tiering, HEAD, csv([row(await customer(tiering))]), month="2025-04")
    assert file["org_id"] == "420106"
    assert expect(await tiering.get(DIRECTOR, f"/usage-files/{file['id']}"), 200)["id"] == file["id"]
    expect(await tiering.get(FAR_OFFICER, f"/usage-files/{file['id']}"), 404)
    expect(await tiering.get(FAR_OFFICER, f"/usage-files/{file['id']}/errors"), 404)
    expect(await tiering.get(FAR_OFFICER, f"/usage-files/{file['id']}/errors.xlsx"), 404)


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2026-04", "month-to-come"),
        ("2022-01", "month-too-old"),
        ("0000-01", "invalid-month"),
        ("2026-13", "invalid-month"),
        ("March", "invalid-month"),
    ],
)
async def test_months_to_come_too_old_or_none_are_refused(
    tiering: ServiceUnderTest, month: str, code: str
) -> None:
    problem = await upload(tiering, OFFICER, csv([]), month=month, status=422)
    assert (problem["code"], problem["pointer"]) == (code, "/month")


async def test_the_month_under_way_is_taken_and_the_next_is_not(tiering: ServiceUnderTest) -> None:
    await upload(tiering, OFFICER, csv([row(await customer(tiering))]), month="2026-03")
    problem = await upload(tiering, OFFICER, csv([]), month="2026-04", status=422)
    assert problem["code"] == "month-to-come"


async def test_files_are_listed_by_unit_month_and_state(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    ids = [(await filed(tiering, HEAD, [row(made, f"{n}.00")], month="2025-03"))["id"] for n in (1, 2, 3)]
    first = expect(
        await tiering.get(PROVINCE, "/usage-files", org_id="420106", month="2025-03", limit=2), 200
    )
    assert first["total"] == 3 and [one["id"] for one in first["items"]] == ids[:0:-1]
    rest = expect(
        await tiering.get(
            PROVINCE, "/usage-files", org_id="420106", month="2025-03", limit=2, cursor=first["next_cursor"]
        ),
        200,
    )
    assert [one["id"] for one in rest["items"]] == ids[:1] and rest["next_cursor"] is None
    none = expect(await tiering.get(PROVINCE, "/usage-files", month="2025-03", state="rejected"), 200)
    assert none["items"] == []
