"""Which files are mandatory, go to the province, are complete, and who reads what, at the bounds of the regulations."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts.refusals import InvalidValue
from registry.commands.asking import Asker
from registry.model.customers import Customer, CustomerState, Nature
from registry.model.files import Confidentiality, Content, Layer
from registry.policies.files import (
    UseSoFar,
    check_raised,
    completeness,
    goes_to_province,
    levels,
    must_have_file,
    standing,
)
from regulations.provisions import Provision
from regulations.rulebook import Adoption
from regulations.topics.registration import FileConfidentiality, FileLayers, FileReporting, MandatoryFile
from support.law import DAY, LAW, provision

TODAY = DAY
STEP = Decimal("0.01")
MANAGER_ID = UUID(int=7)
MAINTENANCE = {"420200": [Adoption("city-maintenance", None, date(2009, 1, 1))]}
UNIT = "CN.420000.420100.420106.420106-T01"


@pytest.fixture
def reporting() -> Provision[FileReporting]:
    return provision(FileReporting)


@pytest.mark.parametrize(
    ("since", "average", "due"),
    [
        # 一年以上 includes the year itself, 500元以上 the 500 yuan (city-maintenance, art. 4).
        (date(2025, 3, 3), "499.99", False),
        (date(2025, 3, 2), "0.00", True),
        (date(2026, 3, 1), "500.00", True),
        (date(2026, 3, 1), "499.99", False),
        (None, None, False),
        (None, "500.01", True),
    ],
)
def test_a_file_is_mandatory_after_a_year_or_from_500_yuan_a_month(
    since: date | None, average: str | None, due: bool, reporting: Provision[FileReporting]
) -> None:
    law = LAW.find(MandatoryFile, path=["CN", "420200"], day=DAY, adoptions=MAINTENANCE)
    use = UseSoFar(since, Decimal(average) if average else None, TODAY)
    decision = must_have_file(CustomerState.PROSPECT, use, reporting, law)
    assert decision.outcome is due
    assert [reason.rule for reason in decision.because.reasons] == [
        "hubei.file-reporting",
        "city-maintenance.mandatory-file",
    ]


def test_a_registered_customer_has_a_file_wherever_it_is(reporting: Provision[FileReporting]) -> None:
    use = UseSoFar(TODAY, None, TODAY)
    assert must_have_file(CustomerState.REGISTERED, use, reporting, None).outcome is True
    assert must_have_file(CustomerState.PROSPECT, use, reporting, None).outcome is False


@pytest.mark.parametrize(("cls", "due"), [(1, True), (2, True), (3, False), (4, False), (None, False)])
def test_class_two_and_up_goes_to_the_province(
    cls: int | None, due: bool, reporting: Provision[FileReporting]
) -> None:
    decision = goes_to_province(cls, reporting)
    assert (decision.outcome, decision.because.reasons[0].article) == (due, "17, 18")


@pytest.mark.parametrize(
    ("filled", "share"), [(0, "0.00"), (1, "0.06"), (9, "0.50"), (13, "0.72"), (17, "0.94"), (18, "1.00")]
)
def test_completeness_is_the_share_of_the_fields_that_annex_2_has(filled: int, share: str) -> None:
    law = provision(FileLayers)
    names = [field.code.replace("-", "_") for field in law.value.layer("basic").fields]
    contents = contents_of({Layer.BASIC: dict.fromkeys(names[:filled], "有")})
    assert completeness(contents, law, STEP)["basic"] == share


def test_of_several_key_persons_the_fullest_counts() -> None:
    persons = ({"name": "李总"}, {"name": "周总", "age": 46, "post": "经理"}, {"name": "吴总"})
    law = provision(FileLayers)
    assert completeness(contents_of({Layer.KEY_PERSONS: persons}), law, STEP)["key-persons"] == "0.23"


def test_a_blank_counts_as_nothing_and_a_zero_as_something() -> None:
    law = provision(FileLayers)
    contents = contents_of({Layer.EXTENDED: {"staff": 0, "funds": "", "credit": None}})
    assert completeness(contents, law, STEP)["extended"] == "0.14"


@pytest.mark.parametrize("level", ["internal", "restricted"])
def test_a_layer_is_raised(level: str) -> None:
    law = provision(FileConfidentiality)
    raised = {Layer.EXTENDED: Confidentiality(level)}
    check_raised(raised, law)
    assert levels(raised, law)[Layer.EXTENDED] == level
    assert levels({}, law)[Layer.KEY_PERSONS] is Confidentiality.RESTRICTED


@pytest.mark.parametrize(
    ("layer", "level"),
    [(Layer.EXTENDED, "open"), (Layer.KEY_PERSONS, "internal"), (Layer.COMPETITORS, "open")],
)
def test_a_layer_is_never_lowered(layer: Layer, level: str) -> None:
    law = provision(FileConfidentiality)
    with pytest.raises(InvalidValue):
        check_raised({layer: Confidentiality(level)}, law)
    assert levels({layer: Confidentiality(level)}, law) == levels({}, law)


@pytest.mark.parametrize(
    ("role", "post", "narrowest", "writes"),
    [
        ("unit-head", "CN.420000.420100.420106", "restricted", True),
        ("unit-head", UNIT, "restricted", True),
        ("center-officer", "CN.420000.420100", "internal", True),
        ("center-officer", "CN.420000", "internal", True),
        ("center-director", "CN.420000", "restricted", True),
        ("inspector", "CN.420000", "restricted", False),
        ("hotline-agent", "CN.420000.420100", "open", False),
        ("finance", "CN.420000.420100", "open", False),
        ("observer", "CN.420000", "open", False),
        ("unit-head", "CN.420000.420100.420107", "open", False),
        ("account-manager", UNIT, "open", False),
    ],
)
def test_each_role_reads_up_to_its_level(role: str, post: str, narrowest: str, writes: bool) -> None:
    asker = Asker(UUID(int=1), post, frozenset({role}))
    who = standing(asker, customer(MANAGER_ID), UNIT)
    assert [level for level in Confidentiality if who.reads(level)][-1] == narrowest
    assert who.writes is writes


@pytest.mark.parametrize(("manager", "own"), [(MANAGER_ID, True), (UUID(int=8), False), (None, True)])
def test_a_manager_keeps_own_customers_and_before_registration_the_units(
    manager: UUID | None, own: bool
) -> None:
    who = standing(Asker(MANAGER_ID, UNIT, frozenset({"account-manager"})), customer(manager), UNIT)
    assert (who.writes, who.reads(Confidentiality.RESTRICTED)) == (own, own)


def contents_of(layers: dict[Layer, Any]) -> dict[Layer, Content]:
    empty: dict[Layer, Content] = {
        Layer.BASIC: {},
        Layer.EXTENDED: {},
        Layer.KEY_PERSONS: (),
        Layer.COMPETITORS: (),
    }
    return {**empty, **layers}


def customer(manager_id: UUID | None) -> Customer:
    return Customer(
        UUID(int=9),
        "楚天汽配有限公司",
        Nature.ORGANISATION,
        "420106",
        "wuhan",
        "420106-T01",
        manager_id=manager_id,
    )
