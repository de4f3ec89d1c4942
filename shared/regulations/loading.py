"""Packs from their files: every rule with its wordings, refused by name where the house rules are broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise

from regulations.calendars import SHANGHAI
from regulations.documents import Document, read_document
from regulations.provisions import Citation, Topic
from regulations.reading import PackError, Path
from regulations.topics.catalogue import all_topics

UNITS = frozenset({"CNY", "duration", "share", "class", "count", "points", "list", "facts"})
# A shipped wording has always been known unless its file says when it was recorded.
ALWAYS = datetime(1970, 1, 1, tzinfo=SHANGHAI)

INDEX_KEYS = frozenset({"title", "title_en", "issuer", "issuer_en", "written_for", "written_for_en", "seed"})
RULE_KEYS = frozenset({"rule", "says", "says_en", "unit", "wordings", "cases"})
WORDING_KEYS = frozenset({"in_force", "until", "recorded", "assumption", "cite", "value"})


@dataclass(frozen=True)
class Wording:
    """One text of a rule: in force from a day (up to but without `until`), known since `recorded`."""

    in_force: date
    until: date | None
    recorded: datetime
    assumption: bool
    citation: Citation
    value: Topic


@dataclass(frozen=True)
class Case:
    """A worked example of a rule, run by the tests: on a day, these facts give that."""

    on: date
    given: Mapping[str, object]
    then: object


@dataclass(frozen=True)
class Rule:
    """One topic of one pack, with its wordings in order of force and then of recording."""

    pack: str
    topic: str
    says: str
    says_en: str
    unit: str
    wordings: tuple[Wording, ...]
    cases: tuple[Case, ...] = ()

    @property
    def name(self) -> str:
        """Give `pack.topic`."""
        return f"{self.pack}.{self.topic}"

    def wording_on(self, day: date, known: datetime | None = None) -> Wording | None:
        """Give the wording in force on the day as far as it was known, or none."""
        begun = [w for w in self.wordings if w.in_force <= day and (known is None or w.recorded <= known)]
        latest = max(begun, key=_order, default=None)
        if latest is None or (latest.until is not None and latest.until <= day):
            return None
        return latest


@dataclass(frozen=True)
class Pack:
    """One regulation: who issued it, for whom, which source it comes from, and its rules by topic."""

    name: str
    title: str
    title_en: str
    issuer: str
    issuer_en: str
    written_for: str
    written_for_en: str
    seed: str
    rules: Mapping[str, Rule]

    def citation(self, article: str) -> Citation:
        """Cite an article of this act."""
        return Citation(self.name, article, self.title, self.title_en)


@dataclass(frozen=True)
class PublishedWording:
    """A wording published at run time; `value` is raw JSON, texts left None stay the rule's own."""

    pack: str
    topic: str
    in_force: date
    recorded: datetime
    act: str
    article: str
    value: object
    assumption: bool = False
    until: date | None = None
    says: str | None = None
    says_en: str | None = None
    unit: str | None = None


def shipped_packs() -> Mapping[str, Pack]:
    """Give the packs that come with this package; raises PackError."""
    return load_packs(resources.files("regulations") / "packs")


def load_packs(folder: Traversable) -> Mapping[str, Pack]:
    """Read every pack folder below; raises PackError with file and line."""
    homes = sorted((home for home in folder.iterdir() if home.is_dir()), key=lambda home: home.name)
    packs = {home.name: _index(home) for home in homes if not home.name.startswith(("_", "."))}
    return {name: replace(pack, rules=_rules(folder / name, packs)) for name, pack in packs.items()}


def add_wordings(packs: Mapping[str, Pack], rows: Sequence[PublishedWording]) -> Mapping[str, Pack]:
    """Give the packs with published wordings added in their order; raises PackError."""
    grown = dict(packs)
    for row in rows:
        pack = grown.get(row.pack)
        if pack is None:
            raise PackError("unknown-pack", f"{row.pack} is not a pack", file=f"{row.pack}.{row.topic}")
        grown[row.pack] = replace(pack, rules={**pack.rules, row.topic: _extended(pack, row, packs)})
    return grown


def check_sequence(wordings: Sequence[Wording]) -> None:
    """Refuse wordings out of order, repeated, overlapping or with a gap; raises PackError with the index."""
    for index, (earlier, later) in enumerate(pairwise(wordings), start=1):
        if _order(later) == _order(earlier):
            raise PackError(
                "repeated-date", f"{later.in_force} is worded twice at one time", ("wordings", index)
            )
        if _order(later) < _order(earlier):
            raise PackError(
                "unsorted-dates", f"{later.in_force} stands after a later one", ("wordings", index)
            )
        _check_join(earlier, later, index)
    for index, wording in enumerate(wordings):
        if wording.until is not None and wording.until <= wording.in_force:
            raise PackError("ends-before-it-begins", f"until {wording.until}", ("wordings", index))


def _check_join(earlier: Wording, later: Wording, index: int) -> None:
    corrects = later.in_force == earlier.in_force
    if corrects or earlier.until is None or earlier.until == later.in_force:
        return
    problem = "gap" if earlier.until < later.in_force else "overlap"
    detail = f"one ends on {earlier.until}, the next begins on {later.in_force}"
    raise PackError(problem, detail, ("wordings", index))


def _order(wording: Wording) -> tuple[date, datetime]:
    return wording.in_force, wording.recorded


def _index(home: Traversable) -> Pack:
    file = home / "index.yaml"
    if not file.is_file():
        raise PackError("missing-index", "a pack needs an index.yaml", file=home.name)
    document = read_document(file.read_text(encoding="utf-8"), f"{home.name}/index.yaml")
    keys = _keys(document, document.value, (), allowed=INDEX_KEYS, needed=INDEX_KEYS)
    for key, value in keys.items():
        if not isinstance(value, str) or not value:
            raise document.refusal("wrong-type", "expected text", (key,))
    texts = {key: str(value) for key, value in keys.items()}
    return Pack(home.name, rules={}, **texts)


def _rules(home: Traversable, packs: Mapping[str, Pack]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for file in sorted(home.iterdir(), key=lambda entry: entry.name):
        if file.name == "index.yaml" or not file.is_file():
            continue
        if not file.name.endswith(".yaml"):
            raise PackError("not-yaml", "a pack holds .yaml files only", file=f"{home.name}/{file.name}")
        document = read_document(file.read_text(encoding="utf-8"), f"{home.name}/{file.name}")
        rule = _rule(document, home.name, file.name.removesuffix(".yaml"), packs)
        rules[rule.topic] = rule
    return rules


def _rule(document: Document, pack: str, topic: str, packs: Mapping[str, Pack]) -> Rule:
    keys = _keys(document, document.value, (), allowed=RULE_KEYS, needed=RULE_KEYS - {"cases"})
    if keys["rule"] != f"{pack}.{topic}":
        raise document.refusal("wrong-name", f"{keys['rule']!r} in the place of {pack}.{topic}", ("rule",))
    if topic not in all_topics():
        raise document.refusal("unknown-topic", f"no value class reads {topic}", ("rule",))
    if keys["unit"] not in UNITS:
        raise document.refusal("unknown-unit", f"{keys['unit']!r} is none of {sorted(UNITS)}", ("unit",))
    raw_wordings = _list(document, keys["wordings"], "wordings")
    wordings = tuple(
        _wording(document, raw, ("wordings", index), topic, packs) for index, raw in enumerate(raw_wordings)
    )
    try:
        check_sequence(wordings)
    except PackError as refused:
        raise document.refusal(refused.problem, refused.detail, refused.path) from refused
    cases = tuple(_case(document, raw, ("cases", index)) for index, raw in enumerate(keys.get("cases") or ()))  # type: ignore[arg-type, var-annotated]
    says, says_en = (_text(document, keys[key], (key,)) for key in ("says", "says_en"))
    return Rule(pack, topic, says, says_en, str(keys["unit"]), wordings, cases)


def _wording(document: Document, raw: object, at: Path, topic: str, packs: Mapping[str, Pack]) -> Wording:
    keys = _keys(document, raw, at, allowed=WORDING_KEYS, needed=frozenset({"in_force", "value"}))
    in_force, until, recorded = keys["in_force"], keys.get("until"), keys.get("recorded", ALWAYS)
    if type(in_force) is not date:
        raise document.refusal("wrong-type", "expected a date", (*at, "in_force"))
    if until is not None and type(until) is not date:
        raise document.refusal("wrong-type", "expected a date", (*at, "until"))
    if not isinstance(recorded, datetime):
        raise document.refusal("wrong-type", "expected a time with its offset", (*at, "recorded"))
    assumption = keys.get("assumption", False)
    if not isinstance(assumption, bool):
        raise document.refusal("wrong-type", "expected true or false", (*at, "assumption"))
    citation = _citation(document, keys.get("cite"), (*at, "cite"), packs)
    return Wording(
        in_force, until, recorded, assumption, citation, _topic_value(document, topic, keys["value"], at)
    )


def _topic_value(document: Document, topic: str, raw: object, at: Path) -> Topic:
    try:
        return all_topics()[topic].parse(raw)
    except PackError as refused:
        raise document.refusal(refused.problem, refused.detail, (*at, "value", *refused.path)) from refused


def _citation(document: Document, raw: object, at: Path, packs: Mapping[str, Pack]) -> Citation:
    if raw is None:
        raise document.refusal("missing-citation", "every wording cites an act and its article", at)
    both = frozenset({"act", "article"})
    keys = _keys(document, raw, at, allowed=both, needed=both)
    act, article = (_text(document, keys[key], (*at, key)) for key in ("act", "article"))
    if act not in packs:
        raise document.refusal("unknown-pack", f"{act} is not a pack", (*at, "act"))
    return packs[act].citation(article)


def _case(document: Document, raw: object, at: Path) -> Case:
    three = frozenset({"on", "given", "then"})
    keys = _keys(document, raw, at, allowed=three, needed=three)
    on, given = keys["on"], keys["given"]
    if type(on) is not date or not isinstance(given, Mapping):
        raise document.refusal("wrong-type", "a case has a date and its facts", at)
    return Case(on, given, keys["then"])


def _extended(pack: Pack, row: PublishedWording, packs: Mapping[str, Pack]) -> Rule:
    document = Document(f"{row.pack}.{row.topic}")
    if row.topic not in all_topics():
        raise document.refusal("unknown-topic", f"no value class reads {row.topic}")
    citation = _citation(document, {"act": row.act, "article": row.article}, ("cite",), packs)
    value = _topic_value(document, row.topic, row.value, ())
    wording = Wording(row.in_force, row.until, row.recorded, row.assumption, citation, value)
    known = pack.rules.get(row.topic)
    wordings = tuple(sorted((*(known.wordings if known else ()), wording), key=_order))
    check_sequence(wordings)
    says, says_en = row.says or (known and known.says), row.says_en or (known and known.says_en)
    unit = row.unit or (known and known.unit)
    if not says or not says_en or unit not in UNITS:
        raise document.refusal(
            "missing-key", "a rule that is new to the pack needs says, says_en and a known unit"
        )
    return Rule(pack.name, row.topic, says, says_en, unit, wordings, known.cases if known else ())


def _keys(
    document: Document, raw: object, at: Path, *, allowed: frozenset[str], needed: frozenset[str]
) -> dict[str, object]:
    if not isinstance(raw, Mapping):
        raise document.refusal("wrong-type", "expected a mapping", at)
    for key in raw:
        if key not in allowed:
            raise document.refusal("unknown-key", f"{key!r} is none of {sorted(allowed)}", (*at, str(key)))
    for key in sorted(needed):
        if key not in raw:
            raise document.refusal("missing-key", f"{key!r} is needed", at)
    return {str(key): value for key, value in raw.items()}


def _list(document: Document, raw: object, key: str) -> Sequence[object]:
    if not isinstance(raw, list) or not raw:
        raise document.refusal("wrong-type", "expected a list with at least one element", (key,))
    return raw


def _text(document: Document, raw: object, at: Path) -> str:
    if not isinstance(raw, str) or not raw:
        raise document.refusal("wrong-type", "expected text", at)
    return raw
