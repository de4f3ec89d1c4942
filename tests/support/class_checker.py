"""Recomputes a class from its explanation alone, as the packs write their values; imports nothing of the platform.

What it was told must be enough, must agree with itself, and must all be needed: `unused` are inputs that nothing asked for.
"""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
MONTHS_OF_A_YEAR = 12
KINDS = {"important-customers": "important", "potential-customers": "potential"}
NETWORK_WIDE = "network-hq"
LEAST_FEES = ("yearly_fees", "last_year_fees", "month_fees")


class Underivable(Exception):
    """The explanation does not say enough, or contradicts itself."""


@dataclass(frozen=True)
class Outcome:
    """What follows from an explanation: before and after what arrears suggest or a person decided."""

    eligible: bool
    table_class: int | None
    class_: int | None
    tier: str | None
    scheme: str
    unused: tuple[tuple[str, str], ...]


def recomputed(because: Json) -> Outcome:
    """Give the class that follows from an explanation."""
    checker = _Checker(_by_topic(because["reasons"]))
    return checker.outcome()


def _by_topic(reasons: list[Json]) -> dict[str, Json]:
    topics: dict[str, Json] = {}
    for reason in reasons:
        act, _, topic = reason["rule"].partition(".")
        if topic in topics:
            raise Underivable(f"{topic} twice")
        if act != reason["act"] or not reason["article"] or not reason["level"]:
            raise Underivable(f"{topic} is not cited")
        topics[topic] = reason
    return topics


def _money(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Underivable(f"{value!r} is no amount") from None


@dataclass
class _Checker:
    topics: dict[str, Json]
    used: set[tuple[str, str]] = field(default_factory=set)

    def outcome(self) -> Outcome:
        fees = self.yearly_fees()
        tier = self.tier_by_fees(fees)
        by_fees = self.tier_class(tier)
        met = self.met_any(fees)
        counts = self.counts_as_important(met)
        by_importance = self.class_by_importance(counts=counts)
        rated = self.better(by_fees, by_importance)
        eligible = bool(met) or (counts and bool(KINDS.keys() & self.topics)) or by_importance is not None
        if met is None and (rated is None or not eligible):
            raise Underivable("the rank is not named and would decide")
        rated = best_of(rated, self.class_by_rank()) if eligible else None
        if tier is None and rated is not None:
            self.agree("tier-equivalents", "class", rated)
        final = self.decided(self.adjusted(rated))
        scheme = self.topic("tier-thresholds")["act"]
        return Outcome(eligible, rated, final, self.name_of(final), scheme, self.unused())

    def topic(self, topic: str) -> Json:
        if topic not in self.topics:
            raise Underivable(f"{topic} is not named")
        return self.topics[topic]

    def value(self, topic: str) -> Any:
        return self.topic(topic)["value"]

    def given(self, topic: str, name: str) -> Any:
        inputs = self.topic(topic)["inputs"]
        if name not in inputs:
            raise Underivable(f"{topic} names no {name}")
        self.used.add((topic, name))
        return inputs[name]

    def agree(self, topic: str, name: str, known: Any) -> None:
        given = self.given(topic, name)
        if isinstance(known, Decimal):
            given = _money(given)
        if given != known or isinstance(given, bool) != isinstance(known, bool):
            raise Underivable(f"{topic} says {name} is {given}, elsewhere it is {known}")

    def unused(self) -> tuple[tuple[str, str], ...]:
        named = {(topic, name) for topic, reason in self.topics.items() for name in reason["inputs"]}
        return tuple(sorted(named - self.used))

    def yearly_fees(self) -> Decimal:
        months = self.given("tier-thresholds", "fees_by_month")
        first, last = min(months, default=""), max(months, default="")
        if len(months) != MONTHS_OF_A_YEAR or sorted(months) != _in_a_row(first):
            raise Underivable(f"twelve months in a row are needed, not {list(months)}")
        self.agree("tier-thresholds", "months", f"{first}..{last}")
        fees = sum((_money(amount) for amount in months.values()), Decimal(0))
        self.agree("tier-thresholds", "yearly_fees", fees)
        return fees

    def bounds(self) -> dict[str, Decimal]:
        table = self.value("tier-thresholds")
        place = "any"
        if "any" not in table:
            place = self.given("tier-thresholds", "place")
            if self.value("tier-place") != {"place_of": "customer-division"}:
                raise Underivable("whose place is it?")
            self.agree("tier-place", "place", place)
        if place not in table:
            raise Underivable(f"the table has no {place}")
        return {tier: _money(bound) for tier, bound in table[place].items()}

    def tier_by_fees(self, fees: Decimal) -> str | None:
        bounds = self.bounds()
        reached = [tier for tier, bound in bounds.items() if bound <= fees]
        least, best = min(bounds.values()), max(bounds.values())
        self.shared_bound(fees, on_one=fees in bounds.values() and fees != least)
        if "tier-range-end" in self.topics:
            self.range_end(fees, bounds)
        if "tier-beyond" in self.topics:
            self.agree("tier-beyond", "yearly_fees", fees)
            side, wanted = ("below", "no-tier") if fees < least else ("above", "best-tier")
            if least <= fees < best or self.value("tier-beyond")[side] != wanted:
                raise Underivable("nothing is said about what lies beyond")
        return max(reached, key=bounds.__getitem__) if reached else None

    def shared_bound(self, fees: Decimal, *, on_one: bool) -> None:
        if on_one and self.value("tier-shared-bound") != {"belongs_to": "better"}:
            raise Underivable("to whom does the bound belong?")
        if "tier-shared-bound" in self.topics:
            self.agree("tier-shared-bound", "yearly_fees", fees)

    def range_end(self, fees: Decimal, bounds: dict[str, Decimal]) -> None:
        end = self.value("tier-range-end")
        self.agree("tier-range-end", "yearly_fees", fees)
        if fees <= _money(end["to"]) or end["tier"] != max(bounds, key=bounds.__getitem__):
            raise Underivable("the end of the range was not reached")
        if "tier-beyond" not in self.topics:
            raise Underivable("nothing is said about what lies beyond")

    def equivalents(self) -> dict[str, int]:
        return {str(tier): int(cls) for tier, cls in self.value("tier-equivalents").items()}

    def tier_class(self, tier: str | None) -> int | None:
        if tier is None:
            return None
        self.agree("tier-equivalents", "tier", tier)
        return self.equivalents()[tier]

    def name_of(self, cls: int | None) -> str | None:
        if cls is None:
            return None
        return next((tier for tier, of_tier in self.equivalents().items() if of_tier == cls), None)

    def class_by_importance(self, *, counts: bool) -> int | None:
        """Give the class of the level; a network-wide customer has it of whatever kind it is."""
        if "tier-by-importance" not in self.topics:
            return None
        level = self.given("tier-by-importance", "importance_level")
        if level is None or not (counts or level == NETWORK_WIDE):
            return None
        return int(self.value("tier-by-importance")[level])

    def better(self, by_fees: int | None, by_importance: int | None) -> int | None:
        if None not in (by_fees, by_importance) and by_fees != by_importance:
            if self.value("tier-conflict") != {"takes": "better"}:
                raise Underivable("which of two classes?")
            self.agree("tier-conflict", "by_fees", by_fees)
            self.agree("tier-conflict", "by_importance", by_importance)
        return best_of(by_fees, by_importance)

    def met_any(self, fees: Decimal) -> bool | None:
        """Tell whether any alternative holds that makes a key account; None where a rank is not named that decides it."""
        if "key-account-ties" in self.topics:
            self.agree("key-account-ties", "rank_in_bureau", self.given("key-account", "rank_in_bureau"))
            if self.value("key-account-ties") != {"all_count": True}:
                raise Underivable("how are ties counted?")
        met = [self.met(alternative, fees) for alternative in self.value("key-account")]
        if True in met:
            return True
        return None if None in met else False

    def kind(self) -> str | None:
        """Tell whether the customer is important or potential; it is said by the level's rule, and cited by its own."""
        kind: str | None = self.given("tier-by-importance", "importance")
        for topic, of_topic in KINDS.items():
            if (topic in self.topics) != (kind == of_topic):
                raise Underivable(f"the kind is {kind}, {topic} says otherwise")
            if topic in self.topics:
                self.agree(topic, "importance", kind)
        return kind

    def counts_as_important(self, met: bool | None) -> bool:
        """Tell whether kind and level count: a potential customer has not reached the mark of a key account."""
        if "tier-by-importance" not in self.topics:
            return False
        if self.kind() != "potential":
            return True
        rule = self.topic("potential-customers")
        if rule["value"]["below_mark"] is not True:
            raise Underivable("who is a potential customer?")
        for name in set(rule["inputs"]) & set(self.topic("key-account")["inputs"]):
            self.agree("potential-customers", name, self.given("key-account", name))
        if met is None:
            raise Underivable("the rank is not named and decides whether the customer is below the mark")
        return not met

    def met(self, alternative: Json, fees: Decimal) -> bool | None:
        """Tell whether an alternative holds; None where the rank decides it and is not named."""
        inputs = self.topic("key-account")["inputs"]
        found: list[bool | None] = []
        for name, least in alternative.items():
            if name == "rank_in_bureau" and name not in inputs:
                found.append(None)
                continue
            if name in LEAST_FEES:
                self.same_fees(name, fees)
            found.append(_reaches(name, self.given("key-account", name), least))
        if False in found:
            return False
        return None if None in found else True

    def same_fees(self, name: str, fees: Decimal) -> None:
        months = self.topic("tier-thresholds")["inputs"]["fees_by_month"]
        if name == "yearly_fees":
            self.agree("key-account", name, fees)
        elif name == "month_fees":
            self.agree("key-account", name, _money(months[max(months)]))
        elif {month[:4] for month in months} == {max(months)[:4]}:
            self.agree("key-account", name, fees)

    def class_by_rank(self) -> int | None:
        if "tier-by-rank" not in self.topics:
            return None
        self.agree("tier-by-rank", "rank_in_bureau", self.given("key-account", "rank_in_bureau"))
        ranked = [one for one in self.value("key-account") if "rank_in_bureau" in one]
        if True not in [self.met(one, Decimal(-1)) for one in ranked if not set(one) & set(LEAST_FEES)]:
            raise Underivable("the rank makes no key account")
        return int(self.value("tier-by-rank")["gives"])

    def adjusted(self, rated: int | None) -> int | None:
        if "review-adjustment" not in self.topics:
            return rated
        rule = self.value("review-adjustment")
        self.agree("review-adjustment", "table_class", rated)
        overdue = int(self.given("review-adjustment", "overdue_days"))
        if rule["overdue_more_than"]["basis"] != "calendar":
            raise Underivable("which days?")
        if rated is None or overdue <= int(rule["overdue_more_than"]["days"]):
            return rated
        least = max(*self.equivalents().values(), rated)
        return min(rated + int(rule["classes_down"]), least)

    def decided(self, suggested: int | None) -> int | None:
        if (
            "review-procedure" not in self.topics
            or "overridden_to" not in self.topic("review-procedure")["inputs"]
        ):
            return suggested
        self.agree("review-procedure", "suggested_class", suggested)
        if not self.given("review-procedure", "reason") or not self.given("review-procedure", "by"):
            raise Underivable("another class needs a reason and who gave it")
        final: int | None = self.given("review-procedure", "overridden_to")
        return final


def best_of(*classes: int | None) -> int | None:
    return min((cls for cls in classes if cls is not None), default=None)


def _reaches(name: str, fact: Any, least: Any) -> bool:
    if fact is None:
        return False
    if name in LEAST_FEES:
        return _money(fact) >= _money(least)
    if name == "rank_in_bureau":
        return int(fact) <= int(least)
    return bool(fact == least)


def _in_a_row(first: str) -> list[str]:
    start = int(first[:4]) * MONTHS_OF_A_YEAR + int(first[5:]) - 1
    numbers = (divmod(start + number, MONTHS_OF_A_YEAR) for number in range(MONTHS_OF_A_YEAR))
    return [f"{year}-{month + 1:02d}" for year, month in numbers]
