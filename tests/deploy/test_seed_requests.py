"""The same seed gives the same requests, and the registry reads all of them."""

import json

import pytest

from deploy.seed.bodies import adoption, declaration, organisation, person
from deploy.seed.identifiers import idempotency_key
from deploy.seed.plan import Plan, build
from registry.api.adoptions import AdoptionIn
from registry.api.forms import DeclarationIn
from registry.api.organisations import OrganisationIn
from registry.api.staff import PersonIn


def test_every_request_is_one_that_the_registry_reads(plan: Plan) -> None:
    for node in plan.organisations:
        OrganisationIn.model_validate_json(json.dumps(organisation(node)))
    for member in plan.staff:
        PersonIn.model_validate_json(json.dumps(person(member)))
    for given in plan.adoptions:
        AdoptionIn.model_validate_json(json.dumps(adoption(given)))
    for customer in plan.customers:
        read = DeclarationIn.model_validate_json(json.dumps(declaration(customer)))
        assert read.customer.prospect().name == customer.firm.name


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(plan: Plan) -> None:
    customers = len(plan.customers)
    assert build(customers).to_bytes() == plan.to_bytes()
    assert build(customers, seed="another").to_bytes() != plan.to_bytes()
    assert build(customers, last_month="2026-09").to_bytes() != plan.to_bytes()


def test_a_larger_sample_only_adds_to_a_smaller_one(plan: Plan) -> None:
    larger = build(900)
    assert list(larger.customers[: len(plan.customers)]) == list(plan.customers)
    assert larger.organisations == plan.organisations
    assert set(plan.staff) <= set(larger.staff)


@pytest.mark.parametrize("customers", [-1, 1_000_001])
def test_a_sample_outside_its_bounds_is_refused(customers: int) -> None:
    with pytest.raises(ValueError, match="customers must be between"):
        build(customers)


def test_the_idempotency_key_changes_with_account_path_and_body() -> None:
    key = idempotency_key("00000001", "/v1/staff", b"{}")
    assert key == idempotency_key("00000001", "/v1/staff", b"{}")
    others = {
        idempotency_key("00000002", "/v1/staff", b"{}"),
        idempotency_key("00000001", "/v1/claims", b"{}"),
        idempotency_key("00000001", "/v1/staff", b"{} "),
    }
    assert len(others) == 3
    assert key not in others
