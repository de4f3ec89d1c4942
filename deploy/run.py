"""Brings an instance up in the foreground, keeps it up and takes it down."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from deploy import accounts, folder
from deploy.broker import Bus, Embedded
from deploy.child import die_with_parent
from deploy.instance import POSTGRES, Instance
from deploy.kafka import outside
from deploy.layout import ROOT, SERVICES, Layout
from deploy.probes import wait_until
from deploy.refusal import Refused
from deploy.revisions import outdated
from deploy.supervision import GROUP, Supervisor

READY_SECONDS = 120.0
STOP_SECONDS = 90.0
LOOK_SECONDS = 0.5
HOPELESS_DEATHS = 5


class Stopping(BaseException):
    """Somebody asked for the end: Ctrl-C, make stop or the end of the terminal."""


class Teller:
    """Prints what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    def say(self, zh: str, en: str) -> None:
        print(f"[{time.monotonic() - self.begun:5.1f} s] {zh} · {en}", flush=True)


def _stop_on_signals() -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopping

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, ask)


@dataclass(frozen=True)
class Sample:
    """What the loader is asked for beside the address; `anew` also where a sample was loaded before, to finish it."""

    options: tuple[str, ...] = ()
    anew: bool = False


def run(layout: Layout, sample: Sample | None) -> None:
    """Start everything, load the sample where one is wanted, tell where it is and stay until told to stop."""
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM, os.getppid())
    _stop_on_signals()
    teller = Teller()
    marker = folder.claim(layout)
    with folder.held(layout):
        bus = _bus(layout, marker, teller)
        folder.check_ports(layout, Instance(layout.data, layout.port, bus=bus).ports)
        wanted = sample if sample and (sample.anew or not marker.get("seeded")) else None
        Run(layout, bus, teller, wanted).stay()


def _bus(layout: Layout, marker: Mapping[str, Any], teller: Teller) -> Bus:
    """Give the bus of this run: the Kafka that the environment names, marked as this folder's, or the embedded broker."""
    kafka = outside.choose(outside.Wishes.of(os.environ), marker.get("kafka"))
    if kafka is None:
        return Embedded()
    installation = marker.get("installation") or outside.new_installation()
    outside.claim(kafka, installation)
    folder.write_marker(layout.data, kafka=outside.facts(kafka), installation=installation)
    told = f"{kafka.bootstrap} ({kafka.partitions} × {kafka.replication}, min {kafka.min_insync})"
    teller.say(f"使用 Kafka {told}", f"on the Kafka at {told}")
    return kafka


class Run:
    """One run of an instance under its supervisor."""

    def __init__(self, layout: Layout, bus: Bus, teller: Teller, sample: Sample | None) -> None:
        self.instance = Instance(layout.data, layout.port, bus=bus)
        self.supervisor = Supervisor(self.instance)
        self.say = teller.say
        self.sample = sample

    def stay(self) -> None:
        """Bring the instance up and keep it, until the end is asked for."""
        try:
            self._prepare()
            self._up()
            if self.sample is not None:
                self._load_seed(self.sample)
            self._tell()
            self._watch()
        except Stopping:
            self.say("正在停止…", "stopping")
        finally:
            for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(each, signal.SIG_IGN)
            self.supervisor.end(STOP_SECONDS)
            self.say("已停止", "stopped")

    def _prepare(self) -> None:
        fresh = not self.instance.postgres.initialised
        if fresh:
            self.say("首次启动:生成密钥并初始化数据库", "first start: making keys and the database")
        self.instance.prepare()
        folder.write_marker(self.instance.layout.data, initialised=True)

    def _up(self) -> None:
        self.supervisor.launch()
        wait_until(self._supervised, READY_SECONDS, "supervisor")
        ground = (POSTGRES, *self.instance.bus.processes)
        for name in ground:
            self.supervisor.start(name)
        for name in ground:
            self.instance.wait_for(name)
        self.say("PostgreSQL 与消息代理已就绪", "PostgreSQL and the broker are up")
        self.instance.make_databases()
        behind = outdated(self.instance.postgres, self.instance.keys)
        if behind:
            self.say(f"升级数据库:{'、'.join(behind)}", f"migrating: {', '.join(behind)}")
            self.instance.migrate(behind)
        self.supervisor.start(GROUP)
        self._wait_for_services()

    def _supervised(self) -> bool:
        if not self.supervisor.alive:
            log = self.instance.layout.logs / "supervisor.log"
            raise Refused(f"监控进程启动失败,见 {log}", f"The supervisor did not start; see {log}")
        return self.supervisor.answering()

    def _wait_for_services(self) -> None:
        waiting = dict.fromkeys(SERVICES)
        end = time.monotonic() + READY_SECONDS
        while waiting:
            for name in list(waiting):
                if self.instance.ready(name):
                    del waiting[name]
                    self.say(f"{name} 已就绪", f"{name} is ready")
            for name in waiting:
                if time.monotonic() > end or self.instance.quick_deaths(name) >= HOPELESS_DEATHS:
                    raise self.instance.never_came(name)
            time.sleep(0.1)

    def _load_seed(self, sample: Sample) -> None:
        self.say("载入示例数据(湖北)", "loading the sample province")
        base = self.instance.layout.url("console")
        command = [sys.executable, "-m", "deploy.seed", "--base", base, *sample.options]
        loader = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0)
        try:
            failed = loader.wait()
        except Stopping:
            # It sets business time back to real time before it ends.
            loader.terminate()
            with suppress(subprocess.TimeoutExpired):
                loader.wait(STOP_SECONDS)
            raise
        if failed:
            raise Refused(
                "示例数据没有载入完;再次运行 make run 会接着载入。",
                "The sample was not loaded to its end; make run once more goes on with it.",
            )
        folder.write_marker(self.instance.layout.data, seeded=True)

    def _tell(self) -> None:
        layout = self.instance.layout
        for line in self._accounts(layout.url("console")):
            print(line)
        self.say(
            f"地址 {layout.url('console')}  数据 {layout.data}  停止 Ctrl-C",
            f"open {layout.url('console')}, data in {layout.data}, Ctrl-C stops",
        )

    def _accounts(self, base: str) -> list[str]:
        """Ask for the accounts, again while the console restarts."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            try:
                return accounts.lines(base)
            except OSError:
                time.sleep(LOOK_SECONDS)
        return [f"开发账号 · development accounts: {base}/dev/accounts"]

    def _watch(self) -> None:
        known = self.instance.pids()
        while True:
            time.sleep(LOOK_SECONDS)
            if not self.supervisor.alive:
                self.say(
                    "监控进程意外结束,重新启动全部进程", "the supervisor ended; starting everything again"
                )
                self._up()
                known = self.instance.pids()
            now = self.instance.pids()
            for name, pid in now.items():
                if known.get(name, pid) != pid:
                    self.say(f"{name} 已重新启动", f"{name} was restarted (pid {pid})")
            known.update(now)
