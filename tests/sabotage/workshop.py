"""A copy of the whole tree with a Python of its own: whatever is broken there, this tree stays as it is.

The copy's Python knows no other place for our packages than the copy, so every process that is started with it, at
whatever distance, runs what stands there. Installed packages are those of this environment.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sabotage.table import ROOT, Case

LEFT_OUT = {
    ".venv",
    ".git",
    "data",
    "kafka-data",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
COMPILED = shutil.ignore_patterns("__pycache__")
HOMES = (
    "shared",
    *(
        f"services/{name}"
        for name in ("registry", "tiering", "pricing", "service-desk", "scoring", "console")
    ),
)
PACKAGES = (
    *("chassis", "contracts", "regulations"),
    *("registry", "tiering", "pricing", "service_desk", "scoring", "console"),
)
WHERE = "import importlib, sys; print(*(importlib.import_module(name).__file__ for name in sys.argv[1:]), sep='\\n')"


class NotTheCopy(RuntimeError):
    """A process of the copy would run another tree's code, and every sabotage would seem to survive."""


@dataclass(frozen=True)
class Workshop:
    """The copied tree."""

    root: Path

    @property
    def python(self) -> Path:
        """The copy's own interpreter."""
        return self.root / ".venv" / "bin" / "python"

    @contextmanager
    def without(self, case: Case) -> Iterator[None]:
        """Take a protection out, and put it back."""
        sound: dict[Path, str] = {}
        try:
            for cut in case.cuts:
                path = self.root / cut.file
                before = path.read_text(encoding="utf-8")
                sound.setdefault(path, before)
                self._write(path, cut.made(before))
            yield
        finally:
            for path, text in sound.items():
                self._write(path, text)

    def _write(self, path: Path, text: str) -> None:
        """Write a file and drop what was compiled of it: two versions of one second and size look alike."""
        path.write_text(text, encoding="utf-8")
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()

    def check(self) -> None:
        """Raise NotTheCopy where a package would come from elsewhere, however far down a process is started."""
        bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        line = [str(self.python), "-P", "-c", WHERE, *PACKAGES]
        done = subprocess.run(line, cwd="/", env=bare, capture_output=True, text=True, check=True)
        foreign = [one for one in done.stdout.splitlines() if not Path(one).is_relative_to(self.root)]
        if foreign:
            raise NotTheCopy(", ".join(foreign))


@contextmanager
def workshop() -> Iterator[Workshop]:
    """Copy the tree, and remove the copy afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="keypost-sabotage-"))
    try:
        made = Workshop(folder.resolve() / "tree")
        shutil.copytree(ROOT, made.root, ignore=_left_out, symlinks=True)
        _give_python(made)
        made.check()
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _left_out(folder: str, names: list[str]) -> set[str]:
    here = LEFT_OUT & set(names) if Path(folder) == ROOT else set()
    return here | COMPILED(folder, names)


def _give_python(made: Workshop) -> None:
    """Make the interpreter. A path in a .pth file brings no .pth files of its own: ours are not followed from there."""
    home = made.root / ".venv"
    venv.create(home, symlinks=True, with_pip=False)
    inside = sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)})
    installed = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    lines = [*(str(made.root / one) for one in HOMES), *installed]
    (Path(inside) / "keypost.pth").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if sys.version_info[:2] != _version(made.python):
        raise NotTheCopy(f"{made.python} is another Python")


def _version(python: Path) -> tuple[int, int]:
    line = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    major, minor = subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()
    return int(major), int(minor)
