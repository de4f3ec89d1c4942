"""Filed analyses: of the unit's own customers, told with what they cover."""

from contracts.tiering import ReportFiled
from support.service import FAR_OFFICER, HEAD, MANAGER, OBSERVER, OFFICER, ServiceUnderTest, expect
from support.usage_filing import customer, id_of


async def test_a_report_is_filed_told_and_listed(tiering: ServiceUnderTest) -> None:
    first, second = await customer(tiering), await customer(tiering)
    ids = [await id_of(tiering, one) for one in (first, second)]
    sent = {
        "kind": "monthly-analysis", "month": "2026-02", "customers": [first, str(ids[1]), first],
        "filed_with_province": True, "note": "量收平稳",
    }  # fmt: skip
    report = expect(await tiering.post(HEAD, "/reports", sent), 201)
    assert (report["org_id"], report["customers"]) == ("420106", [str(one) for one in ids])
    [event] = await tiering.events(f"report:{report['id']}")
    told = ReportFiled.model_validate(event["payload"])
    assert (told.customers, told.filed_on.isoformat(), told.filed_with_province) == (ids, "2026-03-02", True)
    assert (event["key"], event["version"]) == ("420106", 1)
    listed = expect(await tiering.get(OFFICER, "/reports", org_id="420106", month="2026-02"), 200)
    assert [one["id"] for one in listed["items"]] == [report["id"]]
    assert expect(await tiering.get(FAR_OFFICER, "/reports", org_id="420106"), 200)["items"] == []


async def test_only_customers_of_the_unit_are_covered(tiering: ServiceUnderTest) -> None:
    mine, other = await customer(tiering), await customer(tiering, "420100-S01")
    sent = {"kind": "kpi-report", "month": "2026-02", "customers": [mine, other]}
    problem = expect(await tiering.post(OFFICER, "/reports", {**sent, "org_id": "420106"}), 422)
    assert (problem["code"], problem["pointer"]) == ("unknown-customer", "/customers/1")
    expect(await tiering.post(OFFICER, "/reports", sent), 201)


async def test_who_may_file_and_which_months(tiering: ServiceUnderTest) -> None:
    sent = {"kind": "kpi-report", "month": "2026-02", "customers": []}
    expect(await tiering.post(OBSERVER, "/reports", sent), 403)
    expect(await tiering.post(MANAGER, "/reports", sent), 201)
    assert (
        expect(await tiering.post(OFFICER, "/reports", {**sent, "month": "2026-04"}), 422)["code"]
        == "month-to-come"
    )
    assert (
        expect(await tiering.post(OFFICER, "/reports", {**sent, "org_id": "420500"}), 404)["code"]
        == "not-found"
    )
    expect(await tiering.post(OFFICER, "/reports", {**sent, "kind": "other"}), 422)
