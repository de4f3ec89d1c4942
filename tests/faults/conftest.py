"""One instance for all faults: each leaves it whole again."""

from collections.abc import Iterator

import pytest

from support.crashing import Mortal, mortal_instance


@pytest.fixture(scope="package")
def mortal() -> Iterator[Mortal]:
    """All six services, without a supervisor: the tests are the ones who restart."""
    with mortal_instance() as instance:
        yield instance
