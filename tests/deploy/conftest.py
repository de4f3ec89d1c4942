"""The plan of a small sample province, which nobody changes."""

import pytest

from deploy.seed.plan import Plan, build


@pytest.fixture(scope="session")
def plan() -> Plan:
    return build(300)
