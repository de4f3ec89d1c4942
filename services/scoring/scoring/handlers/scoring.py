"""A bureau's score of a quarter: gather what was heard, judge each item, put the sheet together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from chassis.directory import Snapshot
from regulations.provisions import Decision, Provision, Topic
from regulations.topics.care import KpiReport, RegularVisits, Symposia, VisitFrequency
from regulations.topics.customers import TargetMarketCounting
from regulations.topics.deadlines import FrequencySpread
from regulations.topics.registration import FileReporting, VolumeLedger
from regulations.topics.scores import BureauScore, BureauScoreReading
from scoring.model import facts
from scoring.model.facts import Accounts, Counting, Duty, Growth, Revenue, Visited
from scoring.model.periods import DAY, Quarter
from scoring.model.sheets import Judged, Line, Sheet
from scoring.policies import accounts as customers
from scoring.policies import accuracy, groundwork, growth
from scoring.policies.items import ItemLaw, not_assessed
from scoring.ports import BureauEvents, RevenueTold
from scoring.settings import EVIDENCE_AT_MOST

V = TypeVar("V", bound=Topic)


@dataclass(frozen=True)
class Grounds:
    """All that a bureau's items are judged from. Parts of the year are judged that end before `by`."""

    org_id: str
    quarter: Quarter
    by: date
    heard: BureauEvents
    accounts: Accounts
    law: Snapshot

    def find(self, topic: type[V]) -> Provision[V]:
        """Give the provision that holds for the bureau on the quarter's last day; raises NoLaw."""
        return self.law.find(topic, org_id=self.org_id, day=self.quarter.last)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose score of which quarter; `over`: whether the quarter has ended by the clock."""

    org_id: str
    quarter: Quarter
    over: bool


async def score_bureau(asked: Asked, heard: BureauEvents, law: Snapshot) -> Sheet:
    """Give a bureau's score. It follows from the events, the law and whether the quarter is over, and nothing else."""
    quarter = asked.quarter
    accounts = Accounts(await heard.standings(quarter.last), await heard.standings(quarter.year_before.last))
    by = quarter.last + DAY if asked.over else min(await heard.newest(), quarter.last + DAY)
    grounds = Grounds(asked.org_id, quarter, by, heard, accounts, law)
    score, reading = grounds.find(BureauScore), grounds.find(BureauScoreReading)
    lines = []
    for item in score.value.items:
        judge = JUDGES.get(item.code, _untold)
        decision = await judge(grounds, ItemLaw(score, reading, item))
        lines.append(_line(ItemLaw(score, reading, item), decision))
    return Sheet(asked.org_id, str(quarter), tuple(lines))


def _line(law: ItemLaw, decision: Decision[Judged]) -> Line:
    item, judged = law.item, decision.outcome
    evidence = sorted(set(judged.evidence), key=attrgetter("int"))[:EVIDENCE_AT_MOST]
    return Line(item.code, item.zh, item.en, item.base, judged, tuple(evidence), decision.because.to_json())


async def _number(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    numbers = customers.numbers(grounds.accounts, customers.counted)
    return growth.number_of_accounts(law, grounds.find(TargetMarketCounting), numbers)


async def _revenue(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    return growth.revenue_of_accounts(law, await _earned(grounds, customers.counted))


async def _upper_classes(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    counts = customers.of_class_and_up(law.item)
    told = Growth(
        customers.numbers(grounds.accounts, counts),
        await _earned(grounds, counts),
        base_period=any(one.counted for one in grounds.accounts.before.values()),
    )
    return growth.class_2_and_up(law, grounds.find(TargetMarketCounting), told)


async def _earned(grounds: Grounds, counts: Counting) -> Revenue:
    accounts, quarter = grounds.accounts, grounds.quarter
    months = quarter.months_over_by(grounds.by)
    now = await grounds.heard.revenue(customers.paying(accounts.now, counts), months)
    paid = customers.paying(accounts.before, counts)
    before = await grounds.heard.revenue(paid, quarter.year_before.months[: len(months)])
    return Revenue(months, _sum(now), _sum(before), tuple(one.event_id for one in (*now, *before)))


def _sum(told: Sequence[RevenueTold]) -> Decimal:
    return sum((one.revenue for one in told), Decimal("0.00"))


async def _files(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    reporting = grounds.find(FileReporting)
    return groundwork.files(law, reporting, customers.files(reporting, grounds.accounts.counted))


async def _monthly_analysis(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    months = grounds.quarter.months_over_by(grounds.by)
    accounts = grounds.accounts.counted
    kpi = grounds.find(KpiReport).value.classes
    covered = await grounds.heard.covered([one.customer_id for one in accounts], months)
    analysed = {(one.month, one.customer_id) for one in covered}
    with_province = {(one.month, one.customer_id) for one in covered if one.with_province}
    missing = {
        month: [one for one in accounts if (month, one.customer_id) not in analysed] for month in months
    }
    told = facts.Analysed(
        customers=len(accounts),
        missing={month: len(lacking) for month, lacking in missing.items()},
        without_kpi_report={
            month: sum(
                one.class_ in kpi and (month, one.customer_id) not in with_province for one in accounts
            )
            for month in months
        },
        events=tuple(one.because_of for one in chain.from_iterable(missing.values())),
        ever=await grounds.heard.has_analysed(grounds.quarter.months[-1]),
    )
    return groundwork.monthly_analysis(law, grounds.find(VolumeLedger), told)


async def _visits(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    frequencies = (grounds.find(VisitFrequency), grounds.find(RegularVisits))
    owed = list(groundwork.duties(frequencies, grounds.quarter, grounds.by))
    judged = [await _visited(grounds, duty) for duty in owed]
    told = facts.Visits(
        tuple(visited for visited, _ in judged),
        tuple(chain.from_iterable(events for _, events in judged)),
        ever=await grounds.heard.has_visited(grounds.quarter.last),
    )
    return groundwork.visits(law, grounds.find(FrequencySpread), frequencies, told)


async def _visited(grounds: Grounds, duty: Duty) -> tuple[Visited, tuple[UUID, ...]]:
    owed = [one for one in grounds.accounts.counted if not duty.classes or one.class_ in duty.classes]
    made = await grounds.heard.visits_made([one.customer_id for one in owed], duty)
    missing = {one.because_of: max(0, duty.needed - made.get(one.customer_id, 0)) for one in owed}
    lacking = tuple(event for event, times in missing.items() if times)
    return Visited(duty, len(owed), sum(missing.values())), lacking


async def _symposia(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    parts = groundwork.symposia_due(law, grounds.quarter, grounds.by)
    held = [await grounds.heard.symposia(part) for part in parts]
    told = facts.Meetings(
        needed=sum(part.needed for part in parts),
        missing=sum(max(0, part.needed - len(made)) for part, made in zip(parts, held, strict=True)),
        held=sum(len(made) for made in held),
        events=tuple(chain.from_iterable(held)),
        ever=await grounds.heard.has_met(grounds.quarter.last),
    )
    return groundwork.symposia(law, grounds.find(FrequencySpread), grounds.find(Symposia), told)


async def _accuracy(grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    return accuracy.data_accuracy(law, await grounds.heard.reported(grounds.quarter.months))


async def _untold(_grounds: Grounds, law: ItemLaw) -> Decision[Judged]:
    return not_assessed(law, ("没有事件可据以考核", "no event tells of it"), {})


JUDGES: Mapping[str, Callable[[Grounds, ItemLaw], Awaitable[Decision[Judged]]]] = {
    "number": _number,
    "revenue": _revenue,
    "class-2-and-up": _upper_classes,
    "files": _files,
    "monthly-analysis": _monthly_analysis,
    "visits": _visits,
    "symposia": _symposia,
    "data-accuracy": _accuracy,
}
