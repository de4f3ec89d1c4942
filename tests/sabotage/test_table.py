"""The sabotage table keeps up with the code: what it takes out stands there, and the tests that it names exist."""

from dataclasses import replace
from pathlib import Path

from sabotage.table import Case, Cut, complaints, read_table

CUT = Cut("m.py", "if guarded:", "if True:")
CASE = Case("a-case", "字", "word", "the guard", (CUT,), ("t.py::test_a",))


def planted(root: Path, source: str, test: str = "def test_a() -> None: ...") -> Path:
    (root / "m.py").write_text(source)
    (root / "t.py").write_text(test)
    return root


def test_every_case_still_fits_the_code() -> None:
    assert list(complaints(read_table())) == []


def test_a_case_that_fits_is_not_complained_of(tmp_path: Path) -> None:
    assert list(complaints([CASE], planted(tmp_path, "if guarded:\n    x = 0\n"))) == []


def test_what_is_to_be_taken_out_and_stands_nowhere_or_twice_is_stale(tmp_path: Path) -> None:
    for source in ("x = 0\n", "if guarded:\n    x = 0\nif guarded:\n    x = 0\n"):
        [told] = complaints([CASE], planted(tmp_path, source))
        assert "m.py" in told and "times" in told


def test_a_test_that_is_not_there_is_told(tmp_path: Path) -> None:
    for test in ("def test_b() -> None: ...", "def helper() -> None: ...", ""):
        [told] = complaints([CASE], planted(tmp_path, "if guarded:\n    x = 0\n", test))
        assert "no such test" in told


def test_a_sabotage_that_only_breaks_the_module_or_changes_nothing_is_refused(tmp_path: Path) -> None:
    root = planted(tmp_path, "if guarded:\n    x = 0\n")
    [told] = complaints([replace(CASE, cuts=(replace(CUT, put="if (:"),))], root)
    assert "unreadable" in told
    [told] = complaints([replace(CASE, cuts=(replace(CUT, put=CUT.find),))], root)
    assert "nothing" in told


def test_two_cases_of_one_name_are_told(tmp_path: Path) -> None:
    root = planted(tmp_path, "if guarded:\n    x = 0\n")
    assert list(complaints([CASE, CASE], root)) == ["a-case: stands twice"]
