"""Each line of a bureau's quarter, from the events to the points, and the events behind it."""

from uuid import UUID

from chassis.ids import uuid7
from contracts.envelope import Event
from support.facts import assignment_fact, customer_fact
from support.scoring import (
    bytes_of,
    corrected_fact,
    form_fact,
    morning_of,
    report_fact,
    scored,
    symposium_fact,
    tier_fact,
    usage_fact,
    visit_fact,
)
from support.service import PROVINCE, ServiceUnderTest, expect

LAST_YEAR, THIS_YEAR = morning_of("2025-02-01"), morning_of("2026-02-01")
FILED = {"completeness": {}, "filed_on": "2026-02-01", "filed_with_province_on": None}


def customers(count: int, at: str, **facts: object) -> list[Event]:
    return [customer_fact(uuid7(), at=at, **facts) for _ in range(count)]


def customer_of(event: Event) -> UUID:
    return UUID(event.data["customer_id"])


async def test_growth_of_the_number_rests_on_those_who_came_and_went(scoring: ServiceUnderTest) -> None:
    old, new = customers(10, LAST_YEAR), customers(3, THIS_YEAR)
    gone = customer_fact(customer_of(old[0]), 2, kind="changed", state="closed", at=THIS_YEAR)
    await scoring.hear(*old, *new, gone)
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["number"]
    assert (line["points"], line["assessed"]) == ("10", True)
    assert line["figures"]["now"] == 12
    assert line["figures"]["before"] == 10
    assert line["evidence"] == sorted(str(event.id) for event in (*new, gone))
    assert line["evidence_total"] == 4


async def test_a_fact_recorded_after_the_quarter_does_not_count_in_it(scoring: ServiceUnderTest) -> None:
    await scoring.hear(*customers(1, LAST_YEAR))
    before = await bytes_of(scoring, "2026Q1")
    await scoring.hear(*customers(1, morning_of("2026-04-01")))
    assert await bytes_of(scoring, "2026Q1") == before


async def test_at_midnight_in_shanghai_the_next_quarter_begins(scoring: ServiceUnderTest) -> None:
    await scoring.hear(
        *customers(1, LAST_YEAR),
        *customers(1, "2026-03-31T15:59:59+00:00"),
        *customers(1, "2026-03-31T16:00:00+00:00"),
    )
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["number"]
    assert line["figures"]["now"] == 2


async def test_a_class_holds_from_its_day_and_null_takes_a_customer_out(scoring: ServiceUnderTest) -> None:
    stays, leaves = customers(2, LAST_YEAR)
    out = tier_fact(customer_of(leaves), None, "2026-03-31")
    later = tier_fact(customer_of(stays), None, "2026-04-01")
    await scoring.hear(stays, leaves, out, later)
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["number"]
    assert (line["figures"]["now"], line["figures"]["before"]) == (1, 2)
    assert line["evidence"] == [str(out.id)]


async def test_a_customer_that_moves_leaves_one_bureau_and_comes_to_the_other(
    scoring: ServiceUnderTest,
) -> None:
    here, there = customers(2, LAST_YEAR), customers(2, LAST_YEAR, org_id="420525")
    moved = assignment_fact(customer_of(here[0]), "420506", valid_from="2026-03-01")
    await scoring.hear(*here, *there, moved)
    for org_id, now in (("420100", 1), ("420500", 3)):
        line = (await scored(scoring, org_id, "2026Q1"))["lines"]["number"]
        assert (line["figures"]["now"], line["evidence"]) == (now, [str(moved.id)])


async def test_revenue_is_that_of_the_key_accounts_of_the_two_quarters(scoring: ServiceUnderTest) -> None:
    known = customers(1, LAST_YEAR)
    stranger = customer_fact(uuid7(), state="prospect", at=LAST_YEAR)
    one, other = customer_of(known[0]), customer_of(stranger)
    then = usage_fact("2025-03", [(one, "1000.00", 1), (other, "9000.00", 1)])
    now = usage_fact("2026-01", [(one, "700.00", 1)])
    again = corrected_fact("2026-01", [(one, "1210.00", 2)], "late")
    elsewhere = usage_fact("2026-04", [(one, "5000.00", 1)])
    await scoring.hear(*known, stranger, then, now, again, elsewhere)
    scoring.set_clock("2026-04-01T00:00:00+08:00")
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["revenue"]
    assert (line["figures"]["now"], line["figures"]["before"]) == ("1210.00", "1000.00")
    assert line["points"] == "11"
    assert line["evidence"] == sorted((str(then.id), str(again.id)))


async def test_while_the_quarter_runs_the_months_that_are_over_are_compared(
    scoring: ServiceUnderTest,
) -> None:
    (known,) = customers(1, LAST_YEAR)
    one = customer_of(known)
    months = ("2025-01", "2025-02", "2025-03", "2026-01", "2026-02", "2026-03")
    told = [usage_fact(month, [(one, "100.00", 1)]) for month in months]
    await scoring.hear(known, *told)
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["revenue"]
    assert line["figures"]["months"] == ["2026-01", "2026-02"]
    assert (line["figures"]["now"], line["figures"]["before"]) == ("200.00", "200.00")
    scoring.set_clock("2026-04-01T00:00:00+08:00")
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["revenue"]
    assert (line["figures"]["now"], line["figures"]["before"]) == ("300.00", "300.00")


async def test_class_2_and_up_counts_customers_and_revenue(scoring: ServiceUnderTest) -> None:
    old, new = customers(2, LAST_YEAR, initial_class=2), customers(1, THIS_YEAR, initial_class=1)
    await scoring.hear(
        *old,
        *new,
        usage_fact("2025-01", [(customer_of(old[0]), "1000.00", 1)]),
        usage_fact("2026-01", [(customer_of(old[0]), "850.00", 1)]),
    )
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["class-2-and-up"]
    assert (line["points"], line["figures"]["revenue_growth"]) == ("20", "-0.1500")


async def test_files_not_with_the_city_or_the_province_cost_a_point_each(scoring: ServiceUnderTest) -> None:
    good = customers(2, THIS_YEAR, file=FILED)
    unfiled = customers(1, THIS_YEAR)
    not_up = customers(1, THIS_YEAR, initial_class=2, file=FILED)
    await scoring.hear(*good, *unfiled, *not_up)
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["files"]
    assert line["points"] == "8"
    assert (line["figures"]["not_filed"], line["figures"]["not_with_province"]) == (1, 1)
    assert line["evidence"] == sorted((str(unfiled[0].id), str(not_up[0].id)))


async def test_analyses_are_owed_for_every_month_that_is_over(scoring: ServiceUnderTest) -> None:
    one, other = customers(2, THIS_YEAR)
    both = [customer_of(one), customer_of(other)]
    await scoring.hear(one, other, report_fact("2026-01", both), report_fact("2026-02", both[:1]))
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["monthly-analysis"]
    assert line["points"] == "8"
    assert line["figures"]["missing"] == {"2026-01": 0, "2026-02": 1}
    assert line["evidence"] == [str(other.id)]
    scoring.set_clock("2026-04-01T00:00:00+08:00")
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["monthly-analysis"]
    assert (line["points"], line["figures"]["missing"]["2026-03"]) == ("4", 2)


async def test_another_bureaus_analysis_is_not_this_ones(scoring: ServiceUnderTest) -> None:
    (one,) = customers(1, THIS_YEAR)
    await scoring.hear(one, report_fact("2026-01", [customer_of(one)], org_id="420525"))
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["monthly-analysis"]
    assert (line["points"], line["figures"]["system"]) == ("0", False)


async def test_visits_are_judged_when_their_part_of_the_year_has_ended(scoring: ServiceUnderTest) -> None:
    upper, lower, missed = (
        customer_fact(uuid7(), at=THIS_YEAR, initial_class=class_) for class_ in (2, 3, 4)
    )
    cancelled = uuid7()
    await scoring.hear(
        upper,
        lower,
        missed,
        visit_fact(customer_of(upper), "2026-06-30", "420100-S01", "bureau"),
        visit_fact(customer_of(lower), "2026-01-01", "420106", "county"),
        visit_fact(customer_of(missed), "2026-07-01", "420106", "county"),
        visit_fact(customer_of(missed), "2026-06-01", "420106", "county", visit_id=cancelled),
        visit_fact(
            customer_of(missed), "2026-06-01", "420106", "county",
            visit_id=cancelled, version=2, state="cancelled",
        ),
    )  # fmt: skip
    assert not (await scored(scoring, "420100", "2026Q1"))["lines"]["visits"]["assessed"]
    scoring.set_clock("2026-06-30T23:59:50+08:00")
    assert not (await scored(scoring, "420100", "2026Q2"))["lines"]["visits"]["assessed"]
    scoring.set_clock("2026-07-01T00:00:00+08:00")
    line = (await scored(scoring, "420100", "2026Q2"))["lines"]["visits"]
    assert (line["points"], line["evidence"]) == ("7", [str(missed.id)])
    scoring.set_clock("2027-01-01T00:00:00+08:00")
    line = (await scored(scoring, "420100", "2026Q4"))["lines"]["visits"]
    # The city owes class 2 one a year, the bureau everybody one in the second half.
    assert [(duty["by"], duty["missing"]) for duty in line["figures"]["duties"]] == [
        ("city", 1),
        ("bureau", 1),
        ("bureau", 1),
    ]
    assert line["points"] == "1"


async def test_symposia_of_each_half_year_are_judged_apart(scoring: ServiceUnderTest) -> None:
    held = symposium_fact("2026-06-30")
    await scoring.hear(held)
    scoring.set_clock("2027-01-01T00:00:00+08:00")
    half = (await scored(scoring, "420100", "2026Q2"))["lines"]["symposia"]
    assert (half["points"], half["evidence"]) == ("10", [str(held.id)])
    year = (await scored(scoring, "420100", "2026Q4"))["lines"]["symposia"]
    assert (year["points"], year["figures"]["missing"]) == ("5", 1)
    none = (await scored(scoring, "420500", "2026Q2"))["lines"]["symposia"]
    assert (none["points"], none["figures"]["system"]) == ("0", False)


async def test_only_corrections_of_inaccuracies_cost_points(scoring: ServiceUnderTest) -> None:
    (one,) = customers(1, THIS_YEAR)
    row = customer_of(one)
    wrong = corrected_fact("2026-01", [(row, "2.00", 2)])
    await scoring.hear(
        one,
        usage_fact("2026-01", [(row, "1.00", 1)]),
        wrong,
        corrected_fact("2026-01", [(row, "3.00", 3)], "late"),
        corrected_fact("2026-01", [(row, "4.00", 4)], "source"),
        corrected_fact("2025-12", [(row, "5.00", 2)]),
        form_fact("2026-01", late=True),
        form_fact("2026-02", "missing"),
    )
    line = (await scored(scoring, "420100", "2026Q1"))["lines"]["data-accuracy"]
    assert (line["points"], line["evidence"]) == ("15", [str(wrong.id)])
    assert (line["figures"]["files_missing"], line["figures"]["files_late"]) == (1, 1)


async def test_one_file_of_corrections_is_one_inaccuracy(scoring: ServiceUnderTest) -> None:
    (one,) = customers(1, THIS_YEAR)
    file_id, row = uuid7(), customer_of(one)
    await scoring.hear(
        one,
        corrected_fact("2026-01", [(row, "2.00", 2)], usage_file_id=file_id),
        corrected_fact("2026-01", [(uuid7(), "2.00", 2)], usage_file_id=file_id),
    )
    assert (await scored(scoring, "420100", "2026Q1"))["lines"]["data-accuracy"]["points"] == "15"


async def test_every_event_behind_a_line_opens(scoring: ServiceUnderTest) -> None:
    await scoring.hear(*customers(4, LAST_YEAR), *customers(3, THIS_YEAR))
    score = await scored(scoring, "420100", "2026Q1")
    evidence = {event for line in score["lines"].values() for event in line["evidence"]}
    assert evidence
    for event in evidence:
        body = expect(await scoring.get(PROVINCE, f"/events/{event}"), 200)
        assert (body["id"], body["type"]) == (event, "registry.customer.registered.v1")
        assert body["data"]["customer_id"] == body["subject"]
