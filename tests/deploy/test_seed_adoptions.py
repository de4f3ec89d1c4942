"""The sample adopts every pack once, each where it belongs, and no topic twice."""

from datetime import date

import pytest

from deploy.seed import adoptions, divisions
from deploy.seed.adoptions import PROVINCE
from deploy.seed.organisations import tree
from regulations.rulebook import Adoption, Law
from regulations.topics.catalogue import all_topics

LAW = Law.shipped()
TODAY = date(2026, 11, 20)
NODES = sorted({given.org_id for given in adoptions.read()})


def adopted(org_id: str) -> list[Adoption]:
    return [
        Adoption(given.pack, given.topics, date.fromisoformat(given.valid_from))
        for given in adoptions.read()
        if given.org_id == org_id
    ]


@pytest.mark.parametrize("org_id", NODES)
def test_no_node_adopts_one_topic_twice(org_id: str) -> None:
    LAW.check_adoptions(org_id, adopted(org_id))


def test_every_pack_that_says_something_is_adopted_at_one_node() -> None:
    packs = [given.pack for given in adoptions.read()]
    assert sorted(packs) == sorted(name for name, pack in LAW.packs.items() if pack.rules)


def test_the_regulations_of_nation_and_province_are_in_force_whole() -> None:
    whole = {given.pack for given in adoptions.read() if given.topics is None and given.org_id == PROVINCE}
    assert whole == {"hubei", "national-trial", "platform"}


def test_of_jiangxi_only_what_the_province_is_silent_on_is_in_force() -> None:
    jiangxi = next(given for given in adoptions.read() if given.pack == "jiangxi")
    assert jiangxi.topics is not None
    assert {"claim-window", "information-priority", "price-coordination"} <= set(jiangxi.topics)
    assert not {"territory", "symposia", "center-levels"} & set(jiangxi.topics)


def test_yunxi_has_its_own_scheme_and_four_other_places_one_each() -> None:
    local = {given.org_id: given.pack for given in adoptions.read() if given.org_id != PROVINCE}
    assert local.pop("420322") == "yunxi-visits"
    assert sorted(local.values()) == ["county-maintenance", "dezhou-ems", "dongguan", "xxx-city-daily"]
    kinds = {node.org_id: node.kind for node in tree(divisions.read())}
    assert {pack: kinds[org_id] for org_id, pack in local.items()} == {
        "xxx-city-daily": "city",
        "dezhou-ems": "city",
        "dongguan": "city",
        "county-maintenance": "county",
    }


def test_every_topic_is_in_force_somewhere_in_the_sample() -> None:
    found = {node: adopted(node) for node in NODES}
    silent = [
        topic
        for topic in all_topics()
        if not any(
            adoption.gives(topic, TODAY) and topic in LAW.packs[adoption.pack].rules
            for adoptions_there in found.values()
            for adoption in adoptions_there
        )
    ]
    assert silent == []


@pytest.mark.parametrize("org_id", [node for node in NODES if node != PROVINCE])
def test_at_every_node_with_a_pack_of_its_own_each_of_its_topics_is_found(org_id: str) -> None:
    found = {PROVINCE: adopted(PROVINCE), org_id: adopted(org_id)}
    (own,) = found[org_id]
    for topic in LAW.packs[own.pack].rules:
        provision = LAW.find(all_topics()[topic], path=[PROVINCE, org_id], day=TODAY, adoptions=found)
        assert (provision.rule, provision.level) == (f"{own.pack}.{topic}", org_id)
