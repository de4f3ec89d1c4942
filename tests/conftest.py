"""What every test may ask for: a database, a broker, fresh databases, the six services running."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from chassis import points
from deploy.instance import Instance
from support import dying
from support.instance import Databases, load_sample, throwaway_instance, whole_instance

# How long an example takes is the machine's affair: speed is measured by `make bench`.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def every_point_is_known() -> None:
    """In this process, code that comes to a point which the list does not name fails."""
    points.replace(dying.known)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Instance]:
    """An instance of which PostgreSQL runs, with the roles of all services."""
    with throwaway_instance() as instance, instance.running("postgres"):
        instance.make_databases()
        yield instance


@pytest.fixture(scope="session")
def broker(postgres: Instance) -> Iterator[Instance]:
    """The same instance with its broker running too."""
    with postgres.running("broker"):
        yield postgres


@pytest.fixture(scope="session")
def _databases(postgres: Instance) -> Databases:
    return Databases(postgres)


@pytest.fixture
def database(_databases: Databases) -> Iterator[Databases]:
    """Makes migrated, empty databases: `database("registry")`; they vanish after the test."""
    yield _databases
    _databases.drop_all()


@pytest.fixture(scope="session")
def services() -> Iterator[Instance]:
    """All six services running apart, with the sample's organisations and staff but no customer."""
    with whole_instance() as instance:
        load_sample(instance, customers=0)
        yield instance
