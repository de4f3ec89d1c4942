"""The page of guarantees names tests, sabotages and files that exist, and every sabotage; alike in both languages."""

from pathlib import Path

import pytest

from sabotage.page import PAGES, complaints_of_page, named_on
from sabotage.table import Case, Cut, read_table

PAGE = Path("page.md")
CASE = Case("a-case", "字", "word", "the guard", (Cut("m.py", "guarded", "open"),), ("tests/t.py::test_a",))
SOUND = """
- **Shown by:** `tests/t.py::test_a`, [m](m.py).
- **Sabotage:** `a-case`.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "t.py").write_text("def test_a() -> None: ...\n")
    (tmp_path / "m.py").write_text("guarded\n")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_everything_that_the_page_names_is_there(page: Path) -> None:
    assert list(complaints_of_page(page, read_table())) == []


def test_both_languages_name_the_same_tests() -> None:
    english, chinese = PAGES
    assert named_on(english) == named_on(chinese)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SOUND.replace("test_a", "test_b"), "no such test: tests/t.py::test_b"),
        (SOUND.replace("(m.py)", "(n.py)"), "no such file: n.py"),
        (SOUND + "- **Sabotage:** `another`.\n", "no such sabotage: another"),
        (SOUND.replace("`a-case`", "none"), "does not name the sabotage a-case"),
    ],
)
def test_what_is_not_there_is_told(root: Path, text: str, complaint: str) -> None:
    (root / PAGE).write_text(text)
    assert list(complaints_of_page(PAGE, [CASE], root)) == [f"page.md: {complaint}"]


def test_a_sound_page_is_not_complained_of(root: Path) -> None:
    (root / PAGE).write_text(SOUND)
    assert list(complaints_of_page(PAGE, [CASE], root)) == []
