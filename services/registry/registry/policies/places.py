"""The place class of a division: which column of the tier table a customer or node belongs to (hubei, art. 7(1))."""

from contracts.refusals import InvalidValue
from registry.model.organisations import Kind
from regulations.provisions import Provision
from regulations.topics.organisations import PlaceClasses
from regulations.topics.words import Place

PLACELESS = frozenset({Kind.NATIONAL, Kind.PROVINCE})


def place_of_customer(division: str, places: Provision[PlaceClasses]) -> Place:
    """Give the column that a customer's own division picks; refuses what is no division."""
    try:
        return places.value.of(division)
    except ValueError as unknown:
        raise InvalidValue(
            f"{division} 不是行政区划代码", f"{division} is no division code", pointer="/customer/division"
        ) from unknown


def place_of_node(kind: Kind, division: str | None, places: Provision[PlaceClasses]) -> Place | None:
    """Give the class of a node's division; the nation and a province belong to no column."""
    if kind in PLACELESS or division is None:
        return None
    return place_of_customer(division, places)
