"""The organisation tree: nation, province, cities, counties, one specialty bureau a city, teams."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.seed.divisions import Division, Divisions

NATION = "CN"
TWO_TEAM_CITIES = frozenset({"420100", "420500", "420600", "421000"})
STAFF_DIGITS = {"": "034", "T01": "156", "T02": "278", "S01": "9"}
TEAM_NAMES = ("大客户一班", "大客户二班")


@dataclass(frozen=True)
class Organisation:
    org_id: str
    parent_id: str | None
    kind: str
    name: str
    name_en: str
    division: str | None

    @property
    def staff_prefixes(self) -> tuple[str, ...]:
        """The place code's last four digits, then 0 for the place, 1 or 2 for a team, 9 for the bureau; more for crowds."""
        place, _, unit = self.org_id.partition("-")
        return tuple(place[2:] + digit for digit in STAFF_DIGITS[unit])


def tree(divisions: Divisions) -> tuple[Organisation, ...]:
    """All nodes, every parent before its children."""
    nation = Organisation(NATION, None, "national", "全国邮政", "National Post", None)
    places = [_place(division) for division in divisions.all]
    bureaus = [_bureau(city) for city in divisions.cities]
    teams = [team for division in divisions.county_level for team in _teams(division)]
    return (nation, *places, *bureaus, *teams)


def _place(division: Division) -> Organisation:
    name_en = f"{division.name_en} Post Office"
    return Organisation(
        division.code, division.parent, division.kind, division.bureau, name_en, division.code
    )


def _bureau(city: Division) -> Organisation:
    name = city.bureau.removesuffix("邮政局") + "速递物流专业局"
    name_en = f"{city.name_en} Express and Logistics Bureau"
    return Organisation(f"{city.code}-S01", city.code, "bureau", name, name_en, city.code)


def _teams(division: Division) -> Iterator[Organisation]:
    two = division.under_the_province or division.parent in TWO_TEAM_CITIES
    for number, title in enumerate(TEAM_NAMES[: 2 if two else 1], start=1):
        name_en = f"{division.name_en} Key-Account Team {number}"
        org_id = f"{division.code}-T{number:02d}"
        yield Organisation(org_id, division.code, "team", division.bureau + title, name_en, division.code)
