from __future__ import annotations

from datetime import date, datetime

import pytest

from regulations.documents import read_document
from regulations.reading import PackError


def refused(text: str) -> PackError:
    with pytest.raises(PackError) as caught:
        read_document(text, "hubei/x.yaml")
    return caught.value


def test_scalars_are_read_as_what_they_look_like() -> None:
    text = 'a: 500_000\nb: "1.5"\nc: 2009-01-01\nd: true\ne: null\nf: 甲\nh: 2026-01-01T08:00:00+08:00\n'
    value = read_document(text, "x").value
    assert value == {
        "a": 500_000,
        "b": "1.5",
        "c": date(2009, 1, 1),
        "d": True,
        "e": None,
        "f": "甲",
        "h": datetime.fromisoformat("2026-01-01T08:00:00+08:00"),
    }


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "n"])
def test_words_that_old_yaml_takes_for_truth_stay_words(word: str) -> None:
    assert read_document(f"{word}: {word}\n", "x").value == {word: word}


@pytest.mark.parametrize("number", ["0.5", "1.", ".5", "1e3", "1.5e3", "-0.25", ".inf", ".nan"])
def test_a_float_is_refused_with_its_line(number: str) -> None:
    error = refused(f"a: 1\nb:\n  - {number}\n")
    assert (error.problem, error.file, error.line) == ("float", "hubei/x.yaml", 3)


@pytest.mark.parametrize("text", ["24:00", "1:30", "2026-02-30"])
def test_a_scalar_that_could_be_mistaken_is_refused(text: str) -> None:
    assert refused(f"a: {text}\n").problem == "wrong-scalar"


def test_a_repeated_key_is_refused_with_its_line() -> None:
    error = refused("a: 1\nb: 2\na: 3\n")
    assert (error.problem, error.line) == ("duplicate-key", 3)


def test_a_key_repeated_as_number_and_text_is_refused() -> None:
    assert refused('1: a\n"1": b\n').problem == "duplicate-key"


def test_anchors_and_aliases_are_refused() -> None:
    assert refused("a: &x 1\nb: *x\n").problem == "anchor"


def test_a_key_that_is_no_word_is_refused() -> None:
    assert refused("[a, b]: 1\n").problem == "key-not-text"


def test_broken_yaml_is_refused_with_its_line() -> None:
    error = refused("a: 1\nb: [1, 2\nc: 3\n")
    assert error.problem == "not-yaml"
    assert error.line is not None


def test_an_empty_file_is_refused() -> None:
    assert refused("# nothing\n").problem == "empty-file"


def test_the_line_of_a_missing_part_is_that_of_the_part_around_it() -> None:
    document = read_document("a:\n  b:\n    - c: 1\n", "x")
    assert document.line_of(("a", "b", 0, "c")) == 3
    assert document.line_of(("a", "b", 0, "z")) == 3
    assert document.line_of(("a", "z")) == 1
