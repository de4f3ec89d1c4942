"""A production profile starts neither with a movable clock nor with an issuer of its own."""

import subprocess
from collections.abc import Iterator

import pytest

from deploy.instance import Instance
from support.instance import throwaway_instance

START_SECONDS = 30


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with throwaway_instance() as prepared:
        yield prepared


def start_in_production(instance: Instance, service: str, *kept: str) -> subprocess.CompletedProcess[str]:
    """Start a service with the embedded settings under the production profile, keeping only some of them."""
    development_only = {"KEYPOST_CLOCK_FILE", "KEYPOST_ISSUER_KEY"}
    environment = {**instance.environment(service), "KEYPOST_PROFILE": "production"}
    for name in development_only.difference(kept):
        environment.pop(name, None)
    return subprocess.run(
        instance.command(service),
        env=environment,
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


def test_without_them_it_is_not_the_profile_that_stops_it(instance: Instance) -> None:
    """The database is not running here, so the start fails all the same, but for that reason."""
    done = start_in_production(instance, "registry")
    assert "for development only" not in done.stderr
