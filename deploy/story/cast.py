"""Who plays: people of the sample, two firms and a phone that nobody has."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from deploy.seed.credit_codes import credit_code
from deploy.seed.phones import mobile
from deploy.story.calling import House, Json, Person
from deploy.story.telling import StoryBroken

COUNTY_TEAM = re.compile(r"(\d{4})(?!00)\d{2}-T\d{2}")
PROVINCE = "420000"
SYLLABLES = "苍琅漱橘砚箬霁澹荇棠岫芷筠蘅濯峤翎枢澄屿黛璞杼笙楫篁瀚煦鹭蓼栩潇"
NAME_LENGTH = 4
LOWEST_SERIAL, HIGHEST_SERIAL = 500_000, 999_999
LOWEST_MOBILE, HIGHEST_MOBILE = 200_000, 279_999
LINE = "domestic-express"
DIVISION = 6
Accounts = Mapping[tuple[str, str], list[Json]]


@dataclass(frozen=True)
class Firm:
    """A customer to be."""

    name: str
    credit_code: str
    phone: str
    division: str

    def declaration(self) -> Json:
        """Give the declaration that any team would send of it."""
        customer = {
            "name": self.name,
            "credit_code": self.credit_code,
            "phones": [self.phone],
            "division": self.division,
            "address": f"{self.division}示例路1号",
            "nature": "organisation",
        }
        return {"customer": customer, "lines": [LINE]}

    def form(self, handler: str, yearly_fees: str) -> Json:
        """Give annex 1."""
        return {
            "kind": "manufacturing",
            "business": "manufacturing",
            "industry": "C1810",
            "contact": "单位联系人",
            "contact_phone": self.phone,
            "address": f"{self.division}示例路1号",
            "handler": handler,
            "lines": [LINE],
            "estimated_yearly_fees": yearly_fees,
        }


@dataclass(frozen=True)
class Cast:
    """Everybody in the story."""

    first_team: Person
    second_team: Person
    officer: Person
    director: Person
    agent: Person
    province: Person
    observer: Person
    raced: Firm
    idle: Firm


async def choose(house: House, rng: Random) -> Cast:
    """Choose a city with teams in two counties under the province's law, and firms that no run before has had."""
    accounts = (await house.call("GET", "/dev/accounts")).body["items"]
    at: defaultdict[tuple[str, str], list[Json]] = defaultdict(list)
    for account in accounts:
        for role in account["roles"]:
            at[account["organisation"]["org_id"], role].append(account)

    async def person(org_id: str, role: str) -> Person:
        return await _sign_in(house, at[org_id, role][0])

    province = await person(PROVINCE, "center-director")
    city, first, second = await _places(at, province, rng)
    return Cast(
        first_team=await person(first, "account-manager"),
        second_team=await person(second, "account-manager"),
        officer=await person(city, "center-officer"),
        director=await person(city, "center-director"),
        agent=await person(city, "hotline-agent"),
        province=province,
        observer=await person(PROVINCE, "observer"),
        raced=invent(rng, first[:DIVISION]),
        idle=invent(rng, second[:DIVISION]),
    )


async def _places(at: Accounts, province: Person, rng: Random) -> tuple[str, str, str]:
    """Give a city and a team in each of two of its counties, none of which goes by regulations of its own."""
    cities = _cities(at)
    for city in rng.sample(sorted(cities), len(cities)):
        bound = [team for team in cities[city] if not await _has_own_law(province, team[:DIVISION])]
        if len(bound) > 1 and not await _has_own_law(province, city):
            first, second = rng.sample(bound, 2)
            return city, first, second
    raise StoryBroken("the sample has no city with two county teams and a center: is it loaded?")


def _cities(at: Accounts) -> dict[str, list[str]]:
    """Give the cities that have every post of the story, with a team of each county."""
    counties: dict[str, dict[str, str]] = defaultdict(dict)
    for org_id, role in at:
        team = COUNTY_TEAM.fullmatch(org_id)
        if team and role == "account-manager":
            counties[f"{team[1]}00"].setdefault(org_id[:DIVISION], org_id)
    posts = ("center-officer", "center-director", "hotline-agent")
    return {
        city: sorted(teams.values())
        for city, teams in counties.items()
        if all((city, role) in at for role in posts)
    }


async def _has_own_law(asker: Person, org_id: str) -> bool:
    reply = await asker.get(f"/api/registry/v1/adoptions?org_id={org_id}")
    return bool(reply.body["items"])


async def person_at(house: House, org_id: str, role: str) -> Person:
    """Sign in as the first person of a role at an organisation; raises StoryBroken where there is none."""
    for account in (await house.call("GET", "/dev/accounts")).body["items"]:
        if account["organisation"]["org_id"] == org_id and role in account["roles"]:
            return await _sign_in(house, account)
    raise StoryBroken(f"nobody is {role} at {org_id}")


async def _sign_in(house: House, account: Json) -> Person:
    reply = await house.call("POST", "/dev/token", {"account": account["account"]})
    if reply.status != 200:
        raise StoryBroken(f"no token for {account['account']}: {reply.body}")
    unit = account["organisation"]
    return Person(
        house, account["account"], account["name"], unit["org_id"], unit["name"], reply.body["access_token"]
    )


def invent(rng: Random, division: str) -> Firm:
    """Give a firm that nobody has, with a code that no authority has issued."""
    name = "".join(rng.sample(SYLLABLES, NAME_LENGTH))
    code = credit_code("91", division, rng.randint(LOWEST_SERIAL, HIGHEST_SERIAL))
    return Firm(f"{name}商贸有限公司", code, mobile(rng.randint(LOWEST_MOBILE, HIGHEST_MOBILE)), division)
