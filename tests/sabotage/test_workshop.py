"""The copy is what its processes run, a protection taken out there is put back, and this tree stays as it is."""

import subprocess
from collections.abc import Iterator

import pytest

from sabotage.table import ROOT, Case, Cut
from sabotage.workshop import NotTheCopy, Workshop, workshop

CUT = Cut("shared/chassis/relay.py", "\nLANES = 8\n", "\nLANES = 7\n")
CASE = Case("fewer-lanes", "字", "word", "a lane", (CUT,), ())


@pytest.fixture(scope="module")
def made() -> Iterator[Workshop]:
    with workshop() as copied:
        yield copied


def lanes(made: Workshop) -> str:
    """Ask a process that is started elsewhere, with nothing in its environment."""
    line = [str(made.python), "-P", "-c", "import chassis.relay; print(chassis.relay.LANES)"]
    return subprocess.run(line, cwd="/", env={}, capture_output=True, text=True, check=True).stdout.strip()


def test_a_process_runs_what_stands_in_the_copy_until_it_is_put_back(made: Workshop) -> None:
    path, here = made.root / CUT.file, ROOT / CUT.file
    sound = here.read_text(encoding="utf-8")
    with made.without(CASE):
        assert lanes(made) == "7"
        assert here.read_text(encoding="utf-8") == sound
    assert path.read_text(encoding="utf-8") == sound
    assert lanes(made) == "8"


def test_of_two_cuts_of_one_file_both_are_made_and_put_back(made: Workshop) -> None:
    twice = Case("twice", "字", "word", "two", (CUT, Cut(CUT.file, "\nLANES = 7\n", "\nLANES = 6\n")), ())
    with made.without(twice):
        assert lanes(made) == "6"
    assert lanes(made) == "8"


def test_a_python_that_would_run_another_tree_is_refused(made: Workshop) -> None:
    [paths] = (made.root / ".venv").rglob("keypost.pth")
    own = paths.read_text(encoding="utf-8")
    paths.write_text(own.replace(str(made.root), str(ROOT)), encoding="utf-8")
    try:
        with pytest.raises(NotTheCopy):
            made.check()
    finally:
        paths.write_text(own, encoding="utf-8")
    made.check()
