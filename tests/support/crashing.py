"""An instance whose services can be made to die at a named point; production code knows nothing of it."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from deploy.broker import BROKER
from deploy.instance import Instance
from deploy.layout import SERVICES
from support import dying
from support.instance import chosen_bus, free_base_port, load_sample, throwaway_folder

PATIENCE_SECONDS = 300.0


def armed_command(usual: Sequence[str]) -> list[str]:
    """Give the command of a service that ends or stands still at a point, from its usual one."""
    return [usual[0], "-P", dying.__file__, *usual[3:]]


class Mortal(Instance):
    """An instance without a supervisor whose services die where they are told to."""

    armed: dict[str, str]
    database_port: int | None = None
    """Where a proxy before the database listens, which the services then know instead of its socket."""

    def command(self, name: str) -> list[str]:
        """Start an armed service through this module instead of the server's own."""
        usual = super().command(name)
        if name not in self.__dict__.get("armed", {}):
            return usual
        return armed_command(usual)

    def environment(
        self, service: str, *, owner: bool = False, database: str | None = None
    ) -> dict[str, str]:
        """Tell an armed service where to die, and where this module is."""
        usual = super().environment(service, owner=owner, database=database)
        if self.database_port is not None:
            for name in ("KEYPOST_DATABASE_URL", "KEYPOST_WORKER_URL"):
                usual[name] = _through(self.database_port, usual[name])
        point = self.__dict__.get("armed", {}).get(service)
        if point is None:
            return usual
        return {**usual, dying.POINT: point}

    def let_die(self, at: Mapping[str, Sequence[str]], then: Callable[[], None] = lambda: None) -> None:
        """Start services anew that die at their points, one after another, and at last go on sound.

        `then` is done once they run. Raises AssertionError where one lives on, or dies of something else.
        """
        coming = {name: list(points) for name, points in at.items()}
        self.armed = {name: points.pop(0) for name, points in coming.items()}
        for name in at:
            self.stop(name)
            self.start(name)
        then()
        end = time.monotonic() + PATIENCE_SECONDS
        while self.armed and time.monotonic() < end:
            for name in [one for one in self.armed if self._ended(one)]:
                code, point = self.death_of(name), self.armed.pop(name)
                assert code == dying.EXIT_CODE, f"{name} died with {code} before {point}:\n{self._tail(name)}"
                if coming[name]:
                    self.armed[name] = coming[name].pop(0)
                    end = time.monotonic() + PATIENCE_SECONDS
                self.start(name)
            time.sleep(0.05)
        alive, self.armed = self.armed, {}
        tails = "\n".join(f"{name}:\n{self._tail(name)}" for name in alive)
        assert not alive, f"did not die: {alive}\n{tails}"
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

    def empty_broker(self) -> None:
        """Let the broker die with everything it has; it stays away."""
        self.kill(BROKER)
        shutil.rmtree(self.layout.data / "kafka", ignore_errors=True)  # the embedded broker keeps nothing

    def revive(self, *names: str) -> None:
        """Start processes again that died, and wait until they do their work."""
        for name in names:
            self.stop(name)
            self.start(name)
        for name in names:
            self.wait_for(name, PATIENCE_SECONDS)


async def armed(mortal: Mortal, at: Mapping[str, Sequence[str]]) -> "asyncio.Task[None]":
    """Let services die as `Mortal.let_die` does; comes back once they run, with what ends when all have died.

    What is asked of them from then on is asked of none that ran before.
    """
    loop, running = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        loop.call_soon_threadsafe(running.set)

    dying_ones = asyncio.create_task(asyncio.to_thread(mortal.let_die, at, tell))
    told = asyncio.create_task(running.wait())
    await asyncio.wait((dying_ones, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    return dying_ones


def _through(port: int, url: str) -> str:
    """Give the address of a database by a port of this machine, from that by its socket."""
    return f"{url.partition('?')[0].replace('@/', f'@127.0.0.1:{port}/')}?sslmode=disable"


@contextmanager
def mortal_instance(
    extra: Mapping[str, str] | None = None, *, prepared: Callable[[Mortal], None] = lambda _: None
) -> Iterator[Mortal]:
    """Give all six services with the sample's organisations and staff, data as safe as in use.

    `prepared` is done with the instance before anything of it runs.
    """
    with throwaway_folder() as folder:
        instance = Mortal(folder / "data", free_base_port(), extra=extra, bus=chosen_bus())
        instance.prepare()
        prepared(instance)
        with instance.running("postgres", "broker"):
            instance.make_databases()
            instance.migrate()
            with instance.running(*SERVICES):
                load_sample(instance, customers=0)
                yield instance
