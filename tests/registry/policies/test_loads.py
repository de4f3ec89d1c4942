"""How many customers a manager may have (art. 10): one of class 1–2 alone, else n3/5 + n4/8 at most 1."""

import pytest

from registry.policies.loads import LoadLaw, carries
from regulations.topics.managers import ManagerLoad, ManagerMixedLoad
from support.law import provision

LAW = LoadLaw(provision(ManagerLoad), provision(ManagerMixedLoad))


@pytest.mark.parametrize(
    "load", [{}, {1: 1}, {2: 1}, {3: 5}, {4: 8}, {3: 0, 4: 8}, {3: 4, 4: 1}, {3: 2, 4: 4}, {1: 1, 3: 0}]
)
def test_a_load_at_the_bound_is_carried(load: dict[int, int]) -> None:
    assert carries(load, LAW).outcome


@pytest.mark.parametrize(
    "load",
    [{1: 2}, {2: 2}, {1: 1, 2: 1}, {1: 1, 4: 1}, {2: 1, 3: 1}, {3: 6}, {4: 9}, {3: 4, 4: 2}, {3: 3, 4: 4}],
)
def test_a_load_beyond_the_bound_is_not(load: dict[int, int]) -> None:
    assert not carries(load, LAW).outcome


def test_both_rules_are_cited() -> None:
    rules = [reason.rule for reason in carries({3: 1}, LAW).because.reasons]
    assert rules == ["hubei.manager-load", "hubei.manager-mixed-load"]
