"""The labelled pairs keep to their own definition, wherever that can be computed."""

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from opencc import OpenCC

HERE = Path(__file__).parent
COLUMNS = ["pair_id", "kind", "label", "hard", "why"] + [
    f"{side}_{fact}"
    for side in ("left", "right")
    for fact in ("name", "nature", "credit_code", "division", "address", "phones")
]
LABELS = {"exact", "probable", "related", "none"}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|(?<=\d{4})-(?=\d{1,6}$))\s*(\d{1,6})$", re.IGNORECASE)
MOBILE = re.compile(r"1[3-9]\d{9}")
FIXED = re.compile(r"0(?:27[2-8]\d{7}|7[1-2]\d[2-8]\d{6})")
SIMPLIFIED = OpenCC("t2s")

Pair = dict[str, str]


def pairs_of(name: str) -> list[Pair]:
    with (HERE / name).open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        assert reader.fieldnames == COLUMNS
        return list(reader)


TUNING, HELD_OUT = pairs_of("tuning.csv"), pairs_of("held_out.csv")
ALL = TUNING + HELD_OUT
BOTH_FILES = pytest.mark.parametrize("pairs", [TUNING, HELD_OUT], ids=["tuning", "held-out"])


def code_of(pair: Pair, side: str) -> str:
    return unicodedata.normalize("NFKC", pair[f"{side}_credit_code"]).upper()


def code_is_valid(code: str) -> bool:
    """GB 32100: the weights are the powers of 3, the sum with the check digit is a multiple of 31."""
    if not re.fullmatch(f"[{ALPHABET}]{{18}}", code):
        return False
    weighted = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return (weighted + ALPHABET.index(code[17])) % 31 == 0


def number_of(written: str) -> str:
    """The national number with its extension, whatever way it is written."""
    text = re.sub("[—–]", "-", unicodedata.normalize("NFKC", written)).strip()
    if MOBILE.fullmatch(plain := national(text)):
        return plain
    if found := EXTENSION.search(text):
        return f"{national(text[: found.start()])}x{found[1]}"
    return plain


def national(text: str) -> str:
    digits = re.sub(r"[\s()+-]", "", text)
    for country in ("0086", "86"):
        if digits.startswith(country):
            rest = digits.removeprefix(country)
            return rest if MOBILE.fullmatch(rest) else f"0{rest}"
    return digits


def numbers_of(pair: Pair, side: str) -> set[str]:
    return {number_of(written) for written in pair[f"{side}_phones"].split(";") if written}


def folded(name: str) -> str:
    """The whole name without differences of script, width, brackets, blanks and the same legal form."""
    text = SIMPLIFIED.convert(unicodedata.normalize("NFKC", name)).upper()
    text = re.sub(r"\s", "", text).translate(str.maketrans("[]【】〔〕", "()()()"))
    return text.replace("有限责任公司", "有限公司").replace("股份公司", "股份有限公司")


def told(pair: Pair) -> str:
    return f"{pair['pair_id']}: {pair['left_name']} / {pair['right_name']}"


@BOTH_FILES
def test_the_composition_is_what_was_promised(pairs: list[Pair]) -> None:
    labels, total = Counter(pair["label"] for pair in pairs), len(pairs)
    hard = sum(pair["hard"] == "yes" for pair in pairs)
    assert set(labels) == LABELS
    assert hard >= 0.4 * total
    assert labels["probable"] >= 0.25 * total
    assert labels["exact"] >= 0.10 * total
    assert labels["related"] >= 0.12 * total


def test_there_are_enough_pairs_and_no_kind_is_in_one_file_only() -> None:
    assert len(TUNING) >= 440
    assert len(HELD_OUT) >= 200
    assert len(ALL) >= 600
    assert len({pair["pair_id"] for pair in ALL}) == len(ALL)
    assert {pair["kind"] for pair in TUNING} == {pair["kind"] for pair in HELD_OUT}


def test_no_pair_and_no_party_is_in_two_places() -> None:
    sides = [(pair, {folded(pair["left_name"]), folded(pair["right_name"])}) for pair in ALL]
    for facts in (
        [(pair, names) for pair, names in sides],
        [(pair, numbers_of(pair, "left") | numbers_of(pair, "right")) for pair in ALL],
        [(pair, {code_of(pair, "left"), code_of(pair, "right")} - {""}) for pair in ALL],
    ):
        first: dict[str, str] = {}
        for pair, values in facts:
            for value in values:
                assert first.setdefault(value, pair["pair_id"]) == pair["pair_id"], value


def test_every_row_is_filled_in() -> None:
    for pair in ALL:
        assert pair["label"] in LABELS, told(pair)
        assert pair["kind"], told(pair)
        assert pair["why"], told(pair)
        assert pair["hard"] == "no" or pair["label"] in {"none", "related"}, told(pair)
        for side in ("left", "right"):
            assert pair[f"{side}_name"].strip(), told(pair)
            assert pair[f"{side}_nature"] in {"unit", "person"}, told(pair)
            assert re.fullmatch(r"42\d{4}", pair[f"{side}_division"]), told(pair)
            assert pair[f"{side}_nature"] == "unit" or not pair[f"{side}_credit_code"], told(pair)


def test_credit_codes_are_valid() -> None:
    codes = [(pair, code) for pair in ALL for side in ("left", "right") if (code := code_of(pair, side))]
    assert len(codes) > len(ALL) / 2
    for pair, code in codes:
        assert code_is_valid(code), told(pair)


def test_phones_are_well_formed() -> None:
    for pair in ALL:
        for side in ("left", "right"):
            for number in numbers_of(pair, side):
                plain = number.partition("x")[0]
                assert MOBILE.fullmatch(plain) or FIXED.fullmatch(plain), f"{told(pair)}: {number}"


def test_labels_follow_from_the_credit_codes() -> None:
    for pair in ALL:
        left, right = code_of(pair, "left"), code_of(pair, "right")
        if left and right:
            assert (left == right) == (pair["label"] == "exact"), told(pair)
            assert left == right or pair["label"] in {"related", "none"}, told(pair)


def test_without_a_code_exact_is_the_same_full_name_and_a_common_phone() -> None:
    for pair in ALL:
        if code_of(pair, "left") and code_of(pair, "right"):
            continue
        same_name = folded(pair["left_name"]) == folded(pair["right_name"])
        common_phone = numbers_of(pair, "left") & numbers_of(pair, "right")
        assert (pair["label"] == "exact") == bool(same_name and common_phone), told(pair)


def test_two_firms_of_one_name_are_related_only_by_a_tie() -> None:
    for pair in ALL:
        if pair["kind"] != "other-code-same-name":
            continue
        common_phone = numbers_of(pair, "left") & numbers_of(pair, "right")
        tied = common_phone or pair["left_address"] == pair["right_address"]
        assert pair["label"] == ("related" if tied else "none"), told(pair)
