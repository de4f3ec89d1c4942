"""The size caps find what is planted at one above the bound and leave the bound alone."""

from pathlib import Path

import pytest

from architecture.sizes import (
    FOLDERS,
    FUNCTION_LINES,
    MODULE_LINES,
    PARAMETERS,
    complaints,
    excesses,
    module_excesses,
)


def function(lines: int, parameters: int = 0) -> str:
    arguments = ", ".join(f"a{n}" for n in range(parameters))
    return f"def f({arguments}):\n" + "    x = 0\n" * lines


@pytest.mark.parametrize(
    "source",
    [
        function(FUNCTION_LINES),
        "x = 0\n" * MODULE_LINES,
        function(1, PARAMETERS),
        "@router.get('/v1/claims')\n" + function(1, PARAMETERS + 1),
        "class C:\n    def f(self, a, b, c, d, e):\n        x = 0\n",
    ],
)
def test_what_just_fits_passes(source: str) -> None:
    assert list(module_excesses("m.py", source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "@cache\n" + function(1, PARAMETERS + 1),
        function(FUNCTION_LINES + 1),
        "x = 0\n" * (MODULE_LINES + 1),
        function(1, PARAMETERS + 1),
    ],
)
def test_one_more_is_too_large(source: str) -> None:
    assert list(module_excesses("m.py", source))


def test_of_a_test_module_only_the_length_is_capped() -> None:
    fits = function(FUNCTION_LINES + 1, PARAMETERS + 1)
    assert list(module_excesses("tests/test_m.py", fits)) == []
    found = list(module_excesses("tests/test_m.py", "x = 0\n" * (MODULE_LINES + 1)))
    assert found == [("tests/test_m.py", f"{MODULE_LINES + 1} lines")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_module_that_is_too_long_is_found_in_every_folder(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "deep" / "m.py"
    path.parent.mkdir(parents=True)
    path.write_text("x = 0\n" * (MODULE_LINES + 1), encoding="utf-8")
    assert excesses(tmp_path) == {f"{folder}/deep/m.py": f"{MODULE_LINES + 1} lines"}


def test_an_exception_needs_a_reason_and_an_excess() -> None:
    assert complaints({"m.py": "301 lines"}, {"m.py": "one table"}) == []
    assert complaints({"m.py": "301 lines"}, {"m.py": " "})
    assert complaints({}, {"m.py": "one table"})
