"""An instance whose services can be made to die at a named point; production code knows nothing of it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from deploy.instance import Instance
from deploy.layout import SERVICES
from support import dying
from support.instance import free_base_port, load_sample, throwaway_folder

PATIENCE_SECONDS = 60.0


class Mortal(Instance):
    """An instance without a supervisor whose services die where they are told to."""

    armed: dict[str, str]

    def command(self, name: str) -> list[str]:
        """Start an armed service through this module instead of the server's own."""
        usual = super().command(name)
        if name not in self.__dict__.get("armed", {}):
            return usual
        return [usual[0], "-P", dying.__file__, *usual[3:]]

    def environment(
        self, service: str, *, owner: bool = False, database: str | None = None
    ) -> dict[str, str]:
        """Tell an armed service where to die, and where this module is."""
        usual = super().environment(service, owner=owner, database=database)
        point = self.__dict__.get("armed", {}).get(service)
        if point is None:
            return usual
        return {**usual, dying.POINT: point}

    def let_die(self, at: Mapping[str, str], then: Callable[[], None] = lambda: None) -> None:
        """Start services anew that die at a point each; each is started sound as soon as it has died there.

        `then` is done once they run. Raises AssertionError where one lives on, or dies of something else.
        """
        self.armed = dict(at)
        for name in at:
            self.stop(name)
            self.start(name)
        then()
        end = time.monotonic() + PATIENCE_SECONDS
        while self.armed and time.monotonic() < end:
            for name in [one for one in self.armed if self._ended(one)]:
                code = self.death_of(name)
                assert code == dying.EXIT_CODE, f"{name} died with {code}:\n{self._tail(name)}"
                del self.armed[name]
                self.start(name)
            time.sleep(0.05)
        alive, self.armed = self.armed, {}
        assert not alive, f"did not die: {alive}"
        for name in at:
            self.wait_for(name, PATIENCE_SECONDS)

    def death_of(self, name: str) -> int | None:
        """Wait for the end of a process and give its exit code; None where it lives on."""
        end = time.monotonic() + PATIENCE_SECONDS
        process = self._started[name]
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        return process.poll()

    def _tail(self, name: str) -> str:
        return (self.layout.logs / f"{name}.log").read_text(errors="replace")[-2_000:]

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
