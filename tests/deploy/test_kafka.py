"""What starting Apache Kafka refuses, with what to install; and that start and stop may be said twice."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deploy.kafka.jars import jars
from deploy.kafka.outside import Wishes, choose
from deploy.layout import ROOT
from deploy.refusal import Refused
from support.instance import free_base_port, throwaway_folder

START_SECONDS = 240
SCRIPT = "#!/bin/sh\n{}\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    with throwaway_folder() as empty:
        yield empty


def program(folder: Path, name: str, does: str) -> None:
    path = folder / name
    path.write_text(SCRIPT.format(does))
    path.chmod(0o755)


def kafka(
    command: str, data: Path, port: int, *options: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "deploy.kafka", command, "--data", str(data), "--port", str(port), *options]
    return subprocess.run(
        line,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        env=dict(environment or os.environ),
    )


@pytest.fixture
def path_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing in it yet."""
    programs = folder / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return programs


def test_without_java_it_says_which_to_install(folder: Path, path_only: Path) -> None:
    with pytest.raises(Refused) as refused:
        jars(folder / "kept")
    assert "apt install openjdk-17-jre-headless" in refused.value.zh
    assert "needs Java 17 or newer, and no Java was found" in refused.value.en


@pytest.mark.parametrize(("version", "major"), [("1.8.0_412", 8), ("11.0.2", 11), ("16", 16)])
def test_an_older_java_is_named_with_its_version(
    folder: Path, path_only: Path, version: str, major: int
) -> None:
    program(path_only, "java", f"echo 'openjdk version \"{version}\"' >&2")
    with pytest.raises(Refused, match=f"is Java {major}\\b"):
        jars(folder / "kept")


def test_without_maven_it_says_what_to_install(folder: Path, path_only: Path) -> None:
    program(path_only, "java", "echo 'openjdk version \"17.0.15\"' >&2")
    with pytest.raises(Refused) as refused:
        jars(folder / "kept")
    assert "apt install maven" in refused.value.zh
    assert "apt install maven" in refused.value.en


def test_a_maven_that_fails_leaves_nothing_behind_and_its_words_are_told(
    folder: Path, path_only: Path
) -> None:
    program(path_only, "java", "echo 'openjdk version \"21\"' >&2")
    program(path_only, "mvn", "echo '[ERROR] no route to host'; exit 1")
    kept = folder / "kept"
    with pytest.raises(Refused, match="no route to host"):
        jars(kept)
    assert [path.name for path in kept.iterdir()] == ["lock"]


def test_the_jars_of_another_pom_are_brought_into_a_folder_of_their_own(
    folder: Path, path_only: Path
) -> None:
    """What Maven is told to write is there under its name only once Maven has ended well."""
    program(path_only, "java", "echo 'openjdk version \"17\"' >&2")
    bring = (
        'for one; do case "$one" in -DoutputDirectory=*) echo > "${one#*=}/kafka_2.13-4.1.1.jar";; esac; done'
    )
    program(path_only, "mvn", bring)
    kept, found = folder / "kept", []
    for text in ("<one/>", "<other/>", "<one/>"):
        pom = folder / "pom.xml"
        pom.write_text(text)
        found.append(jars(kept, pom))
    assert found[0] == found[2] != found[1]
    assert all((one / "kafka_2.13-4.1.1.jar").exists() for one in found)
    assert not list(kept.glob("*.new"))


def test_the_refusal_is_told_in_both_languages_on_the_command_line(folder: Path) -> None:
    done = kafka("start", folder / "kafka", free_base_port(), environment={"PATH": "/nowhere"})
    assert done.returncode == 1
    assert "需要 Java 17" in done.stderr
    assert "needs Java 17" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "kafka").exists()


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_foreign_folder_is_refused_and_left_as_it_was(folder: Path, command: str) -> None:
    (folder / "thesis.txt").write_text("years of work")
    done = kafka(command, folder, free_base_port())
    assert done.returncode == 1
    assert "KAFKA_DATA=" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--brokers", "2"], "BROKERS=2"),
        (["--log-level", "loud"], "KAFKA_LOG=loud"),
        (["--port", "80"], "KAFKA_PORT=80"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(folder: Path, options: list[str], said: str) -> None:
    done = kafka("start", folder / "kafka", 19_092, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (folder / "kafka").exists()


def test_stopping_what_does_not_run_is_no_mistake(folder: Path) -> None:
    done = kafka("stop", folder / "kafka", free_base_port())
    assert done.returncode == 0
    assert "no Kafka is running" in done.stdout


def test_a_taken_port_is_named_with_its_use_and_the_setting(folder: Path) -> None:
    port = free_base_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port + 1))
        holder.listen()
        done = kafka("start", folder / "kafka", port, "--brokers", "3")
    assert done.returncode == 1
    assert f"{port + 1} (broker 2)" in done.stderr
    assert "KAFKA_PORT=" in done.stderr


def test_a_started_broker_is_found_running_and_keeps_its_kind(folder: Path) -> None:
    data, port = folder / "kafka", free_base_port()
    try:
        first = kafka("start", data, port)
        assert first.returncode == 0, first.stderr
        assert f"KAFKA_BOOTSTRAP=127.0.0.1:{port}" in first.stdout
        again = kafka("start", data, port)
        assert (again.returncode, "running already" in again.stdout) == (0, True), again.stderr
        other = kafka("start", data, port, "--brokers", "3")
        assert other.returncode == 1
        assert "holds a cluster of 1" in other.stderr
        moved = kafka("start", data, port + 50)
        assert moved.returncode == 1
        assert f"KAFKA_PORT={port}" in moved.stderr
    finally:
        stopped = kafka("stop", data, port)
    assert "1 × broker" in stopped.stdout
    assert "no Kafka is running" in kafka("stop", data, port).stdout


def test_a_kafka_that_does_not_answer_is_refused_with_what_to_start() -> None:
    nowhere = f"127.0.0.1:{free_base_port()}"
    with pytest.raises(Refused) as refused:
        choose(Wishes(nowhere), None)
    assert f"No Kafka answers at KAFKA_BOOTSTRAP={nowhere}" in refused.value.en
    assert "make kafka" in refused.value.zh


def test_a_folder_whose_events_are_on_kafka_does_not_start_without_it() -> None:
    remembered = {"bootstrap": "kafka:9092", "partitions": 12, "replication": 3, "min_insync": 2}
    with pytest.raises(Refused, match="KAFKA_BOOTSTRAP=kafka:9092 make run"):
        choose(Wishes(), remembered)


@pytest.mark.parametrize("name", ["KAFKA_PARTITIONS", "KAFKA_REPLICATION", "KAFKA_MIN_INSYNC"])
@pytest.mark.parametrize("text", ["0", "-1", "many", "1000", "３"])
def test_a_count_that_makes_no_sense_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(Refused, match=f"{name}={text}"):
        Wishes.of({"KAFKA_BOOTSTRAP": "kafka:9092", name: text})
