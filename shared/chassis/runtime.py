"""The running parts of one service process: opened together, closed together."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from chassis import directory_consumer
from chassis.auth import Authenticator
from chassis.bus import Consumer, Handler
from chassis.clock import Clock
from chassis.database import PASSING, Database, open_database
from chassis.directory import Directory
from chassis.doorbell import Doorbell
from chassis.housekeeping import Housekeeping
from chassis.leaving import cancelled
from chassis.phones import PhoneBook
from chassis.rebuilding import Rebuilder
from chassis.relay import Relay
from chassis.replaying import Replayer
from chassis.settings import Settings
from chassis.shadow import Projection
from chassis.spreadsheets.desk import Workbooks
from chassis.sweeper import Reaction, Sweeper
from chassis.telemetry import describe, log
from chassis.vault import Vault
from contracts.envelope import Event
from regulations.reading import PackError

NOT_READABLE_NOW: tuple[type[Exception], ...] = (
    LookupError,
    ValueError,
    TypeError,
    asyncpg.PostgresError,
    PackError,
    *PASSING,
)
NO_PROJECTION = Projection((), {})
DIRECTORY_TYPES = frozenset(directory_consumer.HANDLERS)


class Runtime:
    """Database, directory, relay, replayer, consumer, rebuilder and sweeper of a service."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.clock = Clock(settings.clock_file)
        self.authenticator = Authenticator(settings)
        self.directory = Directory(database.worker)
        self.phones = PhoneBook(bytes.fromhex(settings.phone_key.get_secret_value()))
        self.vault = Vault(bytes.fromhex(settings.file_key.get_secret_value()))
        self.workbooks = Workbooks(settings)
        self.relay_bell = Doorbell()
        self.relay = Relay(settings, self.relay_bell)
        self.replay_bell = Doorbell()
        self.consumer: Consumer | None = None
        self.rebuilder: Rebuilder | None = None
        self.sweeper: Sweeper | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    @property
    def bus_up(self) -> bool:
        """Whether the broker takes our events."""
        return self.relay.bus_up

    @property
    def caught_up(self) -> bool:
        """Whether the directory has caught up since the start; an owner of the directory always has."""
        return self.consumer is None or self.consumer.caught_up

    @property
    def consumer_state(self) -> str:
        """The consumer in a word."""
        if self.consumer is None:
            return "none"
        return "caught-up" if self.consumer.caught_up else "catching-up"

    async def start(self, parts: "Parts") -> None:
        """Start the background loops."""
        await self.directory.refresh()
        handlers = dict(parts.consumes(self))
        topics = list(parts.topics)
        if parts.keeps_directory:
            handlers = {**directory_consumer.HANDLERS, **handlers}
            topics = sorted({*topics, directory_consumer.TOPIC})
        if topics:
            self.consumer = Consumer(self.settings, self.database, self.clock, handlers, topics)
            self.consumer.applied.append(self._follow_directory)
            self.rebuilder = self._rebuilder(parts, topics)
        self.sweeper = Sweeper(self.settings, self.database, self.clock, self.relay_bell, parts.reacts(self))
        loops: dict[str, Coroutine[Any, Any, None]] = {
            "relay": self.relay.run(),
            "sweeper": self.sweeper.run(),
            "housekeeping": Housekeeping(self.settings, self.database, self.clock).run(),
            "directory": self._poll_directory(),
            "replayer": Replayer(self.settings, self.database, self.replay_bell).run(),
        }
        if self.consumer is not None:
            loops["consumer"] = self.consumer.run()
        if self.rebuilder is not None:
            loops["rebuilder"] = self.rebuilder.run()
        loops |= parts.loops(self)
        for name, loop in loops.items():
            task = asyncio.create_task(loop, name=name)
            task.add_done_callback(self._end_with)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Stop the loops and give the connections back."""
        self._stopping = True
        await cancelled(*self._tasks)
        await self.database.close()

    def _rebuilder(self, parts: "Parts", topics: Sequence[str]) -> Rebuilder | None:
        """Give who makes the projections once more; nobody where there are none."""
        projection = parts.projects(self)
        if parts.keeps_directory:
            projection = directory_consumer.PROJECTION.beside(projection)
        if not projection.tables:
            return None
        return Rebuilder(self.settings, self.database, self.clock, projection, topics)

    def _end_with(self, task: asyncio.Task[None]) -> None:
        """A loop that ends before we stop takes its process along, whatever ended it: the supervisor starts a sound one."""
        if self._stopping:
            return
        error = None if task.cancelled() else task.exception()
        log().critical("loop.died", loop=task.get_name(), cancelled=task.cancelled(), exc_info=error)
        raise SystemExit(1) from error

    async def _follow_directory(self, events: Sequence[Event]) -> None:
        if any(event.type in DIRECTORY_TYPES for event in events):
            await self.directory.refresh()
        self.relay_bell.ring()

    async def _poll_directory(self) -> None:
        """Another process of this service may have written the rows."""
        while True:
            await asyncio.sleep(self.settings.directory_poll_seconds)
            try:
                await self.directory.refresh()
            except NOT_READABLE_NOW as error:
                log().warning("directory.refresh", error=describe(error))


@dataclass(frozen=True)
class Parts:
    """What a service brings to its runtime.

    `projects`: which of its tables follow from heard events alone, beside the directory's, and by which handlers.
    """

    topics: Sequence[str] = ()
    consumes: Callable[[Runtime], Mapping[str, Handler]] = field(default=lambda _: {})
    projects: Callable[[Runtime], Projection] = field(default=lambda _: NO_PROJECTION)
    reacts: Callable[[Runtime], Mapping[str, Reaction]] = field(default=lambda _: {})
    loops: Callable[[Runtime], Mapping[str, Coroutine[Any, Any, None]]] = field(default=lambda _: {})
    keeps_directory: bool = True


async def open_runtime(settings: Settings) -> Runtime:
    """Open the database and build the parts; nothing runs yet."""
    return Runtime(settings, await open_database(settings))
