"""An instance whose services can be made to die at a named point; run as a program, one such service.

Production code knows nothing of it: the process of a test replaces what happens at the points and then starts the server.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from chassis import points
from deploy.instance import Instance
from deploy.layout import SERVICES
from support.instance import free_base_port, load_sample, throwaway_folder

POINT = "KEYPOST_TEST_DIE_AT"
EXIT_CODE = 70
PATIENCE_SECONDS = 60.0


class Mortal(Instance):
    """An instance without a supervisor whose services die where they are told to."""

    armed: dict[str, str]

    def command(self, name: str) -> list[str]:
        """Start an armed service through this module instead of the server's own."""
        usual = super().command(name)
        if name not in self.__dict__.get("armed", {}):
            return usual
        return [usual[0], __file__, *usual[3:]]

    def environment(
        self, service: str, *, owner: bool = False, database: str | None = None
    ) -> dict[str, str]:
        """Tell an armed service where to die, and where this module is."""
        usual = super().environment(service, owner=owner, database=database)
        point = self.__dict__.get("armed", {}).get(service)
        if point is None:
            return usual
        return {**usual, POINT: point, "PYTHONPATH": str(Path(__file__).parents[1])}

    @contextmanager
    def dying(self, at: Mapping[str, str]) -> Iterator[None]:
        """Start services anew that die at a point each; wait for their deaths, then start them sound."""
        self.armed = dict(at)
        for name in at:
            self.stop(name)
            self.start(name)
        try:
            yield
            for name in at:
                assert self.death_of(name) == EXIT_CODE, f"{name} did not die at {at[name]}"
        finally:
            self.armed = {}
            self.revive(*at)

    def death_of(self, name: str) -> int | None:
        """Wait for the end of a process and give its exit code; None where it lives on."""
        end = time.monotonic() + PATIENCE_SECONDS
        process = self._started[name]
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        return process.poll()

    def revive(self, *names: str) -> None:
        """Start processes again that died, and wait until they do their work."""
        for name in names:
            self.stop(name)
            self.start(name)
        for name in names:
            self.wait_for(name, PATIENCE_SECONDS)


@contextmanager
def mortal_instance() -> Iterator[Mortal]:
    """Give all six services with the sample's organisations and staff, data as safe as in use."""
    with throwaway_folder() as folder:
        instance = Mortal(folder / "data", free_base_port())
        instance.prepare()
        with instance.running("postgres", "broker"):
            instance.make_databases()
            instance.migrate()
            with instance.running(*SERVICES):
                load_sample(instance, customers=0)
                yield instance


def _die(at: str) -> None:
    def reached(name: str) -> None:
        if name == at:
            os._exit(EXIT_CODE)

    points.replace(reached)


if __name__ == "__main__":
    _die(os.environ[POINT])
    sys.argv[0] = "uvicorn"
    uvicorn.main()
