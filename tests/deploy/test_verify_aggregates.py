"""No record that a service tells of is left out of what is verified."""

from contracts.catalogue import MODELS
from deploy.verify.records import RECORDS

# Told under a word that is shorter than the record's name.
NAMED = {("pricing", "tariff"): ("pricing", "tariff-request")}
# Wordings and calendars are held against what every service keeps of them (deploy/verify/law.py), deadlines step by step.
HELD_OTHERWISE = {("registry", "rule"), ("registry", "calendar")}
DEADLINE = "deadline"


def told() -> set[tuple[str, str]]:
    """Give of every event type the service and what it tells of."""
    found = set()
    for event_type in MODELS:
        service, noun, _ = event_type.split(".", 2)
        if noun != DEADLINE:
            found.add(NAMED.get((service, noun), (service, noun)))
    return found


def test_every_aggregate_of_the_contracts_has_its_record() -> None:
    assert told() - HELD_OTHERWISE - {(one.service, one.aggregate) for one in RECORDS} == set()


def test_an_event_that_begins_a_record_is_one_of_the_contracts_and_of_its_service() -> None:
    for one in RECORDS:
        assert set(one.once) <= set(MODELS)
        assert {name.split(".")[0] for name in one.once} <= {one.service}


def test_a_tables_name_and_its_aggregate_name_one_record_alone() -> None:
    assert len({(one.service, one.table) for one in RECORDS}) == len(RECORDS)
    assert len({(one.service, one.aggregate) for one in RECORDS}) == len(RECORDS)
