"""A process of tiering that ends itself at a named point, beside the one that a test speaks to."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from support import dying
from support.instance import FreshDatabase, free_base_port
from support.service import environment

DEATH_SECONDS = 120


@contextmanager
def a_process_that_dies(database: FreshDatabase, at: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service in a process of its own that ends itself at a point, and see that it did."""
    command = [
        sys.executable,
        "-P",
        dying.__file__,
        "tiering.app:create",
        "--factory",
        "--port",
        str(free_base_port()),
    ]
    process = subprocess.Popen(command, env={**environment(database), dying.POINT: at})
    try:
        yield process
    finally:
        process.kill()
        process.wait()
