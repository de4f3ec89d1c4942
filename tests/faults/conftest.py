"""One instance for all faults: each leaves it whole again."""

from collections.abc import Iterator

import pytest

from support.crashing import Mortal, mortal_instance
from support.storage import shrink_segments

SMALL_PARTS = {"KEYPOST_USAGE_PART_BYTES": "2048"}
"""Files are loaded in parts of this size, so that a small one has several."""


@pytest.fixture(scope="package")
def mortal() -> Iterator[Mortal]:
    """All six services, without a supervisor: the tests are the ones who restart."""
    with mortal_instance(SMALL_PARTS, prepared=shrink_segments) as instance:
        yield instance
