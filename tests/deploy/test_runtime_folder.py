"""What a start, a stop or a reset refuses to do, and that a refusal changes nothing."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.child import remove_stale_lock
from deploy.instance import Instance
from deploy.layout import ROOT, SOCKET_NAME, SOCKET_PATH_LIMIT, Layout
from support.instance import free_base_port, throwaway_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with throwaway_folder() as empty:
        yield empty


@pytest.fixture(scope="module")
def port() -> int:
    return free_base_port()


def deploy(command: str, data: Path, port: int) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "deploy", command, "--data", str(data), "--port", str(port)]
    return subprocess.run(line, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)


def ours(data: Path, **facts: object) -> None:
    (data / "keypost.json").write_text(json.dumps({"product": "keypost", "format": 1, **facts}))


def contents(data: Path) -> dict[str, str]:
    return {str(path.relative_to(data)): path.read_text() for path in data.rglob("*") if path.is_file()}


@pytest.mark.parametrize("offset", [0, 3, 92], ids=["console", "pricing", "broker"])
def test_a_taken_port_is_named_with_its_use_and_the_setting(folder: Path, port: int, offset: int) -> None:
    name = {number: name for name, number in Layout(folder, port).ports.items()}[port + offset]
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port + offset))
        holder.listen()
        done = deploy("run", folder / "data", port)
    assert done.returncode == 1
    assert f"{port + offset} ({name})" in done.stderr
    assert "make run PORT=" in done.stderr
    assert "端口已被占用" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "stop", "reset"])
def test_a_foreign_folder_is_refused_and_left_as_it_was(folder: Path, port: int, command: str) -> None:
    (folder / "thesis.txt").write_text("years of work")
    done = deploy(command, folder, port)
    assert done.returncode == 1
    assert "holds files that are not Keypost's" in done.stderr
    assert "DATA=" in done.stderr
    assert contents(folder) == {"thesis.txt": "years of work"}


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ({"product": "other", "format": 1}, "belongs to something else"),
        ({"product": "keypost", "format": 2}, "another version"),
        ([], "belongs to something else"),
    ],
)
def test_a_marker_of_something_else_is_refused(folder: Path, port: int, marker: object, said: str) -> None:
    (folder / "keypost.json").write_text(json.dumps(marker))
    before = contents(folder)
    for command in ("run", "reset"):
        done = deploy(command, folder, port)
        assert done.returncode == 1
        assert said in done.stderr
    assert contents(folder) == before


def test_a_file_in_the_place_of_the_folder_is_refused(folder: Path, port: int) -> None:
    (folder / "data").write_text("a file")
    done = deploy("run", folder / "data", port)
    assert done.returncode == 1
    assert "is no folder" in done.stderr


def test_an_unreadable_marker_is_called_broken(folder: Path, port: int) -> None:
    (folder / "keypost.json").write_text("{")
    done = deploy("run", folder, port)
    assert done.returncode == 1
    assert "is broken" in done.stderr
    assert contents(folder) == {"keypost.json": "{"}


def test_a_database_that_has_gone_is_called_broken_and_not_made_anew(folder: Path, port: int) -> None:
    ours(folder, initialised=True)
    before = contents(folder)
    done = deploy("run", folder, port)
    assert done.returncode == 1
    assert "postgres/ is incomplete" in done.stderr
    assert contents(folder) == before


def test_a_database_of_another_release_is_refused(folder: Path, port: int) -> None:
    ours(folder, initialised=True)
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("17\n")
    done = deploy("run", folder, port)
    assert done.returncode == 1
    assert "PostgreSQL 17" in done.stderr


def test_lost_keys_are_not_made_anew_where_there_is_data(folder: Path, port: int) -> None:
    instance = Instance(folder / "data", port)
    instance.prepare()
    ours(folder / "data", initialised=True)
    (folder / "data" / "keys" / "secrets.json").unlink()
    done = deploy("run", folder / "data", port)
    assert done.returncode == 1
    assert "its keys are missing" in done.stderr
    assert not (folder / "data" / "keys" / "secrets.json").exists()


def test_secrets_are_for_the_owner_alone(folder: Path, port: int) -> None:
    instance = Instance(folder / "data", port)
    instance.prepare()
    for name in ("keys/secrets.json", "keys/issuer.json", "run/registry.json"):
        assert (folder / "data" / name).stat().st_mode & 0o077 == 0, name
    assert "KEYPOST_ISSUER_KEY" in instance.environment("console")
    assert "KEYPOST_ISSUER_KEY" not in instance.environment("registry")
    assert "KEYPOST_OWNER_URL" not in instance.environment("registry")


def test_reset_removes_our_folder_also_a_broken_one(folder: Path, port: int) -> None:
    for marker in ('{"product": "keypost", "format": 1}', "{"):
        data = folder / "data"
        (data / "postgres").mkdir(parents=True)
        (data / "keypost.json").write_text(marker)
        assert deploy("reset", data, port).returncode == 0
        assert not data.exists()


def test_nothing_to_stop_or_reset_is_no_failure(folder: Path, port: int) -> None:
    for command in ("stop", "reset"):
        assert deploy(command, folder / "absent", port).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a folder away")
def test_a_folder_of_another_user_is_refused(folder: Path, port: int) -> None:
    ours(folder)
    os.chown(folder, 12345, 12345)
    done = deploy("run", folder, port)
    assert done.returncode == 1
    assert "another user" in done.stderr


def test_sockets_fit_however_deep_the_data_folder_lies(folder: Path, port: int) -> None:
    deep = folder.joinpath(*["a" * 40] * 4)
    for data in (folder, deep):
        path = Layout(data, port).postgres_socket / SOCKET_NAME
        assert len(os.fsencode(path)) <= SOCKET_PATH_LIMIT
    assert Layout(deep, port).sockets != Layout(deep / "b", port).sockets


def test_a_lock_file_of_a_foreign_process_is_stale(folder: Path) -> None:
    lock = folder / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{folder}\n")
    remove_stale_lock(lock)
    assert not lock.exists()


def test_a_lock_file_of_a_process_that_lives_in_the_folder_is_kept(folder: Path) -> None:
    lock = folder / "postmaster.pid"
    with subprocess.Popen(["sleep", "30"], cwd=folder) as living:
        lock.write_text(f"{living.pid}\n{folder}\n")
        remove_stale_lock(lock)
        living.kill()
    assert lock.exists()
