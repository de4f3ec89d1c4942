"""Items that the keeping of customers is judged by: files, monthly analysis, visits, symposia (hubei art. 35(4), (5))."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain

from regulations.provisions import Decision, Provision, Reason
from regulations.topics.care import RegularVisits, Symposia, VisitFrequency
from regulations.topics.deadlines import FrequencySpread
from regulations.topics.registration import FileReporting, VolumeLedger
from scoring.model.facts import Analysed, Duty, Files, Meetings, Standing, Visited, Visits
from scoring.model.periods import MONTHS, QUARTERS, Part, Quarter
from scoring.model.sheets import Judged
from scoring.policies.items import NO_MONTH, ItemLaw, decided, deducted, not_assessed, plain_figures

NOBODY = ("期末没有大客户", "no key account at the quarter's end")
NOTHING_ENDED = (
    "本季度没有到期应考核的频次",
    "no part of the year over which it is spread has ended in the quarter",
)
# The specialty bureau, or the local unit that does the daily care for it (art. 28).
BELOW_THE_CITY = ("bureau", "county", "team")
VISITORS = {"city": ("city",), "bureau": BELOW_THE_CITY, "every-post": BELOW_THE_CITY}
PARTS_A_YEAR = {"year": 1, "quarter": len(QUARTERS), "month": len(MONTHS)}
EVERY_CLASS: tuple[int, ...] = ()
NONE = Decimal()
FrequencyLaw = Provision[VisitFrequency] | Provision[RegularVisits]


def filed(law: Provision[FileReporting], one: Standing) -> tuple[bool, bool]:
    """Say whether a customer's file is with the city, and with the province where its class asks for that."""
    goes_up = one.class_ is not None and one.class_ <= law.value.passed_on_from_class
    return one.filed_on is not None, one.filed_with_province_on is not None or not goes_up


def files(law: ItemLaw, reporting: Provision[FileReporting], facts: Files) -> Decision[Judged]:
    """Judge the customers without a file, or with one not filed where it belongs; each counts once."""
    lacking = set(facts.not_filed) | set(facts.not_with_province)
    figures: dict[str, object] = {
        "customers": facts.customers,
        "not_filed": len(facts.not_filed),
        "not_with_province": len(facts.not_with_province),
    }
    if not facts.customers:
        return not_assessed(law, NOBODY, figures)
    points = deducted(law, "customer-without-file", len(lacking))
    judged = Judged(points, assessed=True, figures=plain_figures(figures), evidence=tuple(lacking))
    zh = f"大客户{facts.customers}户，其中{len(lacking)}户未建立或未申报档案"
    en = f"{len(lacking)} of {facts.customers} customers without a file as filed"
    return decided(law, judged, zh, en, reporting.cite())


def monthly_analysis(law: ItemLaw, ledger: Provision[VolumeLedger], facts: Analysed) -> Decision[Judged]:
    """Judge the customers not analysed in the months that are over; no system at all earns what the pack says."""
    missing = sum(facts.missing.values())
    figures: dict[str, object] = {
        "customers": facts.customers,
        "missing": facts.missing,
        "without_kpi_report": facts.without_kpi_report,
        "system": facts.ever,
    }
    if not facts.customers:
        return not_assessed(law, NOBODY, figures)
    if not facts.missing:
        return not_assessed(law, NO_MONTH, figures, ledger.cite())
    if not facts.ever:
        return _no_system(law, Judged(NONE, True, plain_figures(figures), facts.events), ledger.cite())
    points = deducted(law, "customer-not-analysed", missing)
    judged = Judged(points, assessed=True, figures=plain_figures(figures), evidence=facts.events)
    zh, en = f"未按月分析{missing}户次", f"{missing} customers not analysed in a month"
    return decided(law, judged, zh, en, ledger.cite())


def visits(
    law: ItemLaw, spread: Provision[FrequencySpread], frequencies: tuple[FrequencyLaw, ...], facts: Visits
) -> Decision[Judged]:
    """Judge the visits missed in the parts of the year that ended in the quarter."""
    figures: dict[str, object] = {"duties": [_shown(one) for one in facts.duties], "system": facts.ever}
    reasons = (spread.cite(), *(each.cite() for each in frequencies))
    if not facts.duties:
        return not_assessed(law, NOTHING_ENDED, figures, *reasons)
    if not any(one.owed for one in facts.duties):
        return not_assessed(law, NOBODY, figures)
    if not facts.ever:
        return _no_system(law, Judged(NONE, True, plain_figures(figures), facts.events), *reasons)
    missing = sum(one.missing for one in facts.duties)
    points = deducted(law, "visit-missed", missing)
    judged = Judged(points, assessed=True, figures=plain_figures(figures), evidence=facts.events)
    return decided(law, judged, f"应走访而未走访{missing}次", f"{missing} visits missed", *reasons)


def symposia(
    law: ItemLaw, spread: Provision[FrequencySpread], least: Provision[Symposia], facts: Meetings
) -> Decision[Judged]:
    """Judge the symposia missing in the parts of the year that ended in the quarter."""
    figures: dict[str, object] = {
        "needed": facts.needed,
        "held": facts.held,
        "missing": facts.missing,
        "system": facts.ever,
    }
    if not facts.needed:
        return not_assessed(law, NOTHING_ENDED, figures, spread.cite(), least.cite())
    if not facts.ever:
        return _no_system(law, Judged(NONE, True, plain_figures(figures)), spread.cite(), least.cite())
    points = deducted(law, "symposium-missing", facts.missing)
    judged = Judged(points, assessed=True, figures=plain_figures(figures), evidence=facts.events)
    zh, en = (
        f"应召开座谈会{facts.needed}次，少{facts.missing}次",
        f"{facts.missing} of {facts.needed} symposia missing",
    )
    return decided(law, judged, zh, en, spread.cite(), least.cite())


def duties(frequencies: tuple[FrequencyLaw, ...], quarter: Quarter, by: date) -> Iterator[Duty]:
    """Give the visits owed by a bureau whose part of the year ends in the quarter and before a day.

    Headquarters customers are the province's; calls and messages leave no event, and no week is judged.
    """
    for each in chain.from_iterable(law.value.visits for law in frequencies):
        if each.by not in VISITORS or each.kind != "visit" or each.per not in PARTS_A_YEAR:
            continue
        if each.whom == "headquarters":
            continue
        classes = EVERY_CLASS if each.whom == "own-customers" else each.whom
        for part in quarter.parts_ended(each.times * PARTS_A_YEAR[each.per], by):
            yield Duty(each.by, VISITORS[each.by], classes, part.first, part.last, part.needed)


def symposia_due(law: ItemLaw, quarter: Quarter, by: date) -> tuple[Part, ...]:
    """Give the parts of the year that ended, spread by the number of symposia that full marks need."""
    return quarter.parts_ended(law.target_count, by)


def _shown(one: Visited) -> dict[str, object]:
    duty = one.duty
    return {
        "by": duty.by,
        "levels": duty.levels,
        "classes": duty.classes,
        "from": duty.first,
        "to": duty.last,
        "needed": duty.needed,
        "owed": one.owed,
        "missing": one.missing,
    }


def _no_system(law: ItemLaw, judged: Judged, *reasons: Reason) -> Decision[Judged]:
    earned = replace(judged, points=law.bounded(law.reading.value.without_system))
    return decided(law, earned, "尚未建立制度", "no system yet", law.reading.cite(), *reasons)
