"""A production profile starts neither with a movable clock nor with an issuer of its own."""

import signal
import subprocess
from collections.abc import Iterator

import pytest

from deploy.instance import Instance
from support.instance import throwaway_instance

START_SECONDS = 120


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with throwaway_instance() as prepared:
        yield prepared


def in_production(instance: Instance, service: str, *kept: str) -> dict[str, str]:
    """The embedded settings under the production profile, with only some of those that are for development."""
    development_only = {"KEYPOST_CLOCK_FILE", "KEYPOST_ISSUER_KEY"}
    environment = {**instance.environment(service), "KEYPOST_PROFILE": "production"}
    return {name: text for name, text in environment.items() if name not in development_only.difference(kept)}


def start_in_production(instance: Instance, service: str, *kept: str) -> subprocess.CompletedProcess[str]:
    """Start a service that does not come up."""
    return subprocess.run(
        instance.command(service),
        env=in_production(instance, service, *kept),
        cwd=instance.layout.data,
        check=False,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )


@pytest.mark.parametrize("service", ["registry", "console"])
def test_production_refuses_the_development_clock(instance: Instance, service: str) -> None:
    done = start_in_production(instance, service, "KEYPOST_CLOCK_FILE")
    assert done.returncode != 0
    assert "KEYPOST_CLOCK_FILE is for development only" in done.stderr


def test_production_refuses_the_development_issuer(instance: Instance) -> None:
    done = start_in_production(instance, "console", "KEYPOST_ISSUER_KEY")
    assert done.returncode != 0
    assert "KEYPOST_ISSUER_KEY is for development only" in done.stderr


def test_without_them_it_goes_on_to_its_database_and_ends_at_once_when_it_is_told_to(
    instance: Instance,
) -> None:
    """The database is not running here: the service waits for it, and the end of make run does not wait for that."""
    command, environment = instance.command("registry"), in_production(instance, "registry")
    with subprocess.Popen(
        command,
        env=environment,
        cwd=instance.layout.data,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        output, _ = process.communicate(timeout=START_SECONDS)
    assert "database.awaited" in first
    assert output == ""
    assert process.returncode == -signal.SIGTERM
