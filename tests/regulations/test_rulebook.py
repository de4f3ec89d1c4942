from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulations.calendars import Duration
from regulations.loading import PublishedWording
from regulations.rulebook import Adoption, AmbiguousAdoption, Law, NoLaw, UnknownAdoption
from regulations.topics.care import VisitFrequency
from regulations.topics.catalogue import all_topics
from regulations.topics.claims import ClaimWindow
from regulations.topics.complaints import ComplaintClocks
from regulations.topics.deadlines import Objection

LAW = Law.shipped()
BEGINNING = date(2009, 1, 1)
DAY = date(2026, 11, 20)
TEAM = ["CN", "420000", "420100", "420106", "420106-T03"]
SAMPLE = {
    "420000": [
        Adoption("hubei", None, BEGINNING),
        Adoption("platform", None, BEGINNING),
        Adoption("jiangxi", ("claim-window",), BEGINNING),
    ]
}


def adopting(pack: str, since: date = BEGINNING, until: date | None = None) -> Adoption:
    return Adoption(pack, None, since, until)


def row(pack: str, within: int, in_force: date, recorded: str) -> PublishedWording:
    return PublishedWording(
        pack=pack,
        topic="objection",
        in_force=in_force,
        recorded=datetime.fromisoformat(recorded),
        act=pack,
        article="9",
        value={"within": {"days": within}, "answered_within": {"days": 10}},
        says="申诉期限",
        says_en="Time to object",
        unit="duration",
    )


def objection(
    law: Law, adoptions: dict[str, list[Adoption]], day: date = DAY, known: str | None = None
) -> Duration:
    at = datetime.fromisoformat(known) if known else None
    return law.find(Objection, path=TEAM, day=day, adoptions=adoptions, known=at).value.within


def test_a_team_obeys_what_its_province_adopted() -> None:
    found = LAW.find(ComplaintClocks, path=TEAM, day=DAY, adoptions=SAMPLE)
    assert (found.value.answer, found.value.resolve) == (Duration(days=2), Duration(days=7))
    assert (found.rule, found.level, found.replaced) == ("hubei.complaint-clocks", "420000", None)
    assert found.citation.article == "30(2)"
    assert found.assumption


def test_the_packs_of_the_sample_say_no_topic_twice() -> None:
    LAW.check_adoptions("420000", SAMPLE["420000"])


PROVINCIAL = (
    "hubei", "platform", "national-trial", "city-maintenance", "complaint-steps", "lifecycle", "prospecting",
    "center-goals", "manager-duties", "marketing-plan", "finance-clients", "care-strategies",
)  # fmt: skip


def test_the_packs_of_a_province_say_no_topic_twice() -> None:
    LAW.check_adoptions("420000", [adopting(pack) for pack in PROVINCIAL])


def test_a_province_takes_of_another_provinces_pack_only_what_its_own_is_silent_on() -> None:
    own = [adopting(pack) for pack in PROVINCIAL]
    said = {topic for pack in PROVINCIAL for topic in LAW.packs[pack].rules}
    silent_on = tuple(topic for topic in LAW.packs["jiangxi"].rules if topic not in said)
    LAW.check_adoptions("420000", [*own, Adoption("jiangxi", silent_on, BEGINNING)])
    assert set(LAW.packs["jiangxi"].rules) - set(silent_on) == {"territory", "center-levels", "symposia"}
    with pytest.raises(AmbiguousAdoption):
        LAW.check_adoptions("420000", [*own, adopting("jiangxi")])


LOCAL = [
    ("xxx-city-daily", "420800"),
    ("dezhou-ems", "420200"),
    ("dongguan", "421000"),
    ("county-maintenance", "421123"),
    ("yunxi-visits", "420322"),
]


@pytest.mark.parametrize(("pack", "org_id"), LOCAL)
def test_a_local_pack_is_adopted_whole_and_goes_before_that_of_the_province(pack: str, org_id: str) -> None:
    LAW.check_adoptions(org_id, [adopting(pack)])
    adoptions = {"420000": [adopting(above) for above in PROVINCIAL], org_id: [adopting(pack)]}
    for topic in LAW.packs[pack].rules:
        found = LAW.find(all_topics()[topic], path=["420000", org_id], day=DAY, adoptions=adoptions)
        above = [f"{name}.{topic}@420000" for name in PROVINCIAL if topic in LAW.packs[name].rules]
        assert (found.rule, found.level, found.replaced) == (
            f"{pack}.{topic}",
            org_id,
            next(iter(above), None),
        )


def test_the_scheme_of_yunxi_replaces_the_provinces_visits_from_its_own_date_on() -> None:
    adoptions = {"420000": [adopting("hubei")], "420322": [adopting("yunxi-visits")]}
    path = ["420000", "420322"]
    before = LAW.find(VisitFrequency, path=path, day=date(2013, 4, 24), adoptions=adoptions)
    after = LAW.find(VisitFrequency, path=path, day=date(2013, 4, 25), adoptions=adoptions)
    assert (before.rule, before.replaced) == ("hubei.visit-frequency", None)
    assert (after.rule, after.replaced) == ("yunxi-visits.visit-frequency", "hubei.visit-frequency@420000")


def test_what_a_county_only_recommends_leaves_the_visits_that_are_a_duty() -> None:
    adoptions = {"420000": [adopting("hubei")], "421123": [adopting("county-maintenance")]}
    found = LAW.find(VisitFrequency, path=["420000", "421123"], day=DAY, adoptions=adoptions)
    assert (found.rule, found.level) == ("hubei.visit-frequency", "420000")


def test_the_nearest_level_wins_and_the_answer_names_what_it_replaced() -> None:
    law = LAW.with_wordings([row("jiangxi", 3, BEGINNING, "2009-01-01T00:00:00+08:00")])
    adoptions = {"420000": [adopting("platform")], "420100": [adopting("jiangxi")]}
    found = law.find(Objection, path=TEAM, day=DAY, adoptions=adoptions)
    assert (found.value.within, found.level) == (Duration(days=3), "420100")
    assert found.replaced == "platform.objection@420000"
    sibling = law.find(Objection, path=["CN", "420000", "420500"], day=DAY, adoptions=adoptions)
    assert (sibling.value.within, sibling.level, sibling.replaced) == (Duration(days=7), "420000", None)


def test_the_whole_topic_is_replaced_and_others_still_come_from_above() -> None:
    law = LAW.with_wordings([row("jiangxi", 3, BEGINNING, "2009-01-01T00:00:00+08:00")])
    adoptions = {**SAMPLE, "420100": [Adoption("jiangxi", ("objection",), BEGINNING)]}
    assert law.find(Objection, path=TEAM, day=DAY, adoptions=adoptions).level == "420100"
    assert law.find(ClaimWindow, path=TEAM, day=DAY, adoptions=adoptions).level == "420000"


def test_a_level_below_the_asker_has_no_say() -> None:
    adoptions = {"420106-T03": [adopting("platform")]}
    with pytest.raises(NoLaw):
        LAW.find(Objection, path=TEAM[:4], day=DAY, adoptions=adoptions)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 5, 31), True),
        (date(2026, 6, 1), False),
    ],
)
def test_an_adoption_holds_from_its_first_day_up_to_but_without_its_last(day: date, holds: bool) -> None:
    adoptions = {"420000": [adopting("platform", date(2026, 3, 1), date(2026, 6, 1))]}
    if holds:
        assert objection(LAW, adoptions, day) == Duration(days=7)
        return
    with pytest.raises(NoLaw):
        objection(LAW, adoptions, day)


def test_a_day_without_law_raises_by_name() -> None:
    with pytest.raises(NoLaw, match="no law on objection for 420106-T03 on 2026-11-20"):
        objection(LAW, {})


def test_a_day_before_the_first_wording_has_no_law() -> None:
    with pytest.raises(NoLaw):
        objection(LAW, {"420000": [adopting("platform", date(2000, 1, 1))]}, date(2008, 12, 31))


def test_a_pack_whose_wording_is_not_yet_in_force_leaves_the_level_above_in_place() -> None:
    law = LAW.with_wordings([row("jiangxi", 3, date(2026, 12, 1), "2026-01-01T00:00:00+08:00")])
    adoptions = {"420000": [adopting("platform")], "420100": [adopting("jiangxi")]}
    assert objection(law, adoptions, date(2026, 11, 30)) == Duration(days=7)
    assert objection(law, adoptions, date(2026, 12, 1)) == Duration(days=3)


def test_a_new_wording_never_changes_a_day_before_it() -> None:
    law = LAW.with_wordings([row("platform", 5, date(2026, 7, 1), "2026-06-01T09:00:00+08:00")])
    adoptions = {"420000": [adopting("platform")]}
    assert objection(law, adoptions, date(2026, 6, 30)) == Duration(days=7)
    assert objection(law, adoptions, date(2026, 7, 1)) == Duration(days=5)


def test_a_correction_holds_for_its_days_only_for_those_who_know_of_it() -> None:
    law = LAW.with_wordings([row("platform", 6, BEGINNING, "2026-06-01T09:00:00+08:00")])
    adoptions = {"420000": [adopting("platform")]}
    day = date(2026, 1, 1)
    assert objection(law, adoptions, day) == Duration(days=6)
    assert objection(law, adoptions, day, known="2026-06-01T08:59:59+08:00") == Duration(days=7)
    assert objection(law, adoptions, day, known="2026-06-01T09:00:00+08:00") == Duration(days=6)


def test_a_draft_beside_the_law_leaves_the_law_as_it_was() -> None:
    draft = LAW.with_wordings([row("platform", 1, BEGINNING, "2026-06-01T09:00:00+08:00")])
    adoptions = {"420000": [adopting("platform")]}
    assert objection(draft, adoptions) == Duration(days=1)
    assert objection(LAW, adoptions) == Duration(days=7)


def test_two_adoptions_that_give_one_topic_on_one_day_are_ambiguous() -> None:
    law = LAW.with_wordings([row("jiangxi", 3, BEGINNING, "2009-01-01T00:00:00+08:00")])
    adoptions = {"420000": [adopting("platform"), adopting("jiangxi")]}
    with pytest.raises(AmbiguousAdoption, match="420000 has objection from platform and jiangxi"):
        objection(law, adoptions)
    assert law.find(ClaimWindow, path=TEAM, day=DAY, adoptions=adoptions).rule == "jiangxi.claim-window"


OVERLAPS = [
    ([adopting("platform"), adopting("platform", DAY)], True),
    ([adopting("platform", BEGINNING, DAY), adopting("platform", DAY)], False),
    ([adopting("platform", DAY), adopting("platform", BEGINNING, DAY)], False),
    ([adopting("platform"), Adoption("platform", ("objection",), DAY)], True),
    ([Adoption("platform", ("credit",), BEGINNING), Adoption("platform", ("objection",), BEGINNING)], False),
    ([adopting("platform"), adopting("hubei")], False),
]


@pytest.mark.parametrize(("adoptions", "overlap"), OVERLAPS)
def test_overlapping_adoptions_of_one_organisation_are_refused(
    adoptions: Sequence[Adoption], overlap: bool
) -> None:
    if not overlap:
        LAW.check_adoptions("420000", adoptions)
        return
    with pytest.raises(AmbiguousAdoption):
        LAW.check_adoptions("420000", adoptions)


@pytest.mark.parametrize(
    "adoption",
    [Adoption("hubai", None, BEGINNING), Adoption("hubei", ("claim-window",), BEGINNING)],
)
def test_adopting_what_does_not_exist_is_refused(adoption: Adoption) -> None:
    with pytest.raises(UnknownAdoption):
        LAW.check_adoptions("420000", [adoption])


def test_an_adoption_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        LAW.check_adoptions("420000", [adopting("hubei", DAY, DAY)])


def test_a_law_from_a_folder_knows_only_that_folder(tmp_path: Path) -> None:
    assert Law({}).packs == {}
    with pytest.raises(UnknownAdoption):
        objection(Law({}), {"420000": [adopting("platform")]})


@given(st.integers(0, len(TEAM) - 1), st.integers(0, len(TEAM) - 1))
def test_of_two_levels_the_nearer_one_wins_wherever_they_are(first: int, second: int) -> None:
    law = LAW.with_wordings([row("jiangxi", 3, BEGINNING, "2009-01-01T00:00:00+08:00")])
    if first == second:
        return
    adoptions = {TEAM[first]: [adopting("platform")], TEAM[second]: [adopting("jiangxi")]}
    found = law.find(Objection, path=TEAM, day=DAY, adoptions=adoptions)
    assert found.level == TEAM[max(first, second)]
    assert found.replaced is not None
    assert found.replaced.endswith(f"@{TEAM[min(first, second)]}")
