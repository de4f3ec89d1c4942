"""A fresh instance of its own for one story, gone afterwards."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.folder import check_ports
from deploy.layout import ROOT, SHORT_FOLDER, Layout
from deploy.refusal import Refused
from deploy.run import READY_SECONDS
from deploy.story.telling import StoryBroken

LOWEST_PORT, HIGHEST_PORT, APART = 19_000, 60_000, 100
# The story brings its own firms; a small sample with all its months is background enough.
CUSTOMERS = 120
SEED_SECONDS = 240.0
STOP_SECONDS = 60.0


@contextmanager
def fresh_instance() -> Iterator[Layout]:
    """Bring up `make run` in an empty folder on free ports, with the sample loaded; raises StoryBroken."""
    folder = Path(tempfile.mkdtemp(prefix="keypost-story-", dir=SHORT_FOLDER))
    layout = Layout(folder / "data", _free_base())
    command = [sys.executable, "-m", "deploy", "run", "--port", str(layout.port), "--data", str(layout.data)]
    command += ["--customers", str(CUSTOMERS)]
    log = folder / "run.log"
    try:
        with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as process:
            try:
                _wait(process, log)
                yield layout
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)
        # On a Kafka outside its topics go too, so that the next one finds it free.
        reset = [sys.executable, "-m", "deploy", "reset", "--data", str(layout.data)]
        subprocess.run(reset, cwd=ROOT, check=False, capture_output=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + READY_SECONDS + SEED_SECONDS
    while "Ctrl-C stops" not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > end:
            raise StoryBroken(f"the instance did not come up:\n{log.read_text(errors='replace')[-2_000:]}")
        time.sleep(0.2)


def _free_base() -> int:
    for port in range(LOWEST_PORT, HIGHEST_PORT, APART):
        try:
            check_ports(Layout(Path(), port))
        except Refused:
            continue
        return port
    raise StoryBroken("no free range of ports")
