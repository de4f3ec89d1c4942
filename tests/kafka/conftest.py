"""Three brokers of Apache Kafka; collected only where the tests' broker is Kafka."""

from collections.abc import Iterator

import pytest

from deploy.kafka.cluster import Cluster
from support.instance import BROKER_KIND
from support.kafka import cluster_of_three

collect_ignore_glob = [] if BROKER_KIND == "kafka" else ["test_*.py"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster that every test leaves whole."""
    with cluster_of_three() as three:
        yield three


@pytest.fixture
def whole_again(cluster: Cluster) -> Iterator[None]:
    """Whatever a test did to the brokers, they are all back for the next one."""
    yield
    missing = set(cluster.numbers) - set(cluster.pids())
    if missing:
        cluster.start(*missing)
    cluster.wait()
