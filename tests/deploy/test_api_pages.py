"""The API pages: what a member holds, whether it must be there, what it means; nothing goes without its words."""

from typing import Any

import pytest
import yaml

from deploy.api_members import Member, Members
from deploy.api_pages import page
from deploy.api_words import FOLDER, Vocabulary

SERVICES = sorted(one.name for one in (FOLDER / "words").iterdir() if one.is_dir())
WORDS = {
    word: {"en": word, "zh": word}
    for word in ("text", "integer", "boolean", "object", "list_of", "day", "in_path", "in_query", "anything")
}
MEANINGS = {
    name: {"en": f"the {name}", "zh": name}
    for name in ("name", "items", "day", "grades", "grade", "key", "kind")
} | {"Order.name": {"en": "who orders", "zh": "订货人"}}
SCHEMAS: dict[str, Any] = {
    "Order": {
        "title": "Order",
        "type": "object",
        "required": ["name", "items"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 20},
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}, "maxItems": 5},
            "grades": {
                "anyOf": [
                    {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Grade"}},
                    {"type": "null"},
                ]
            },
        },
    },
    "Item": {
        "title": "Item",
        "type": "object",
        "properties": {"name": {"type": "string", "pattern": "^a|b$"}, "day": {"type": "string", "format": "date"}},
    },
    "Grade": {"title": "Grade", "required": ["grade"], "properties": {"grade": {"type": "integer", "minimum": 0.0}}},
    "Kind": {"type": "string", "enum": ["city", "team"]},
}  # fmt: skip


def operation(**more: Any) -> dict[str, Any]:
    """Give an operation as an OpenAPI document has it."""
    return {
        "operationId": "order",
        "summary": "订货",
        "x-roles": [],
        "x-problems": {"409": ["no-law", "order-closed"]},
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
        **more,
    }


def members(of: dict[str, Any]) -> list[Member]:
    return list(Members(SCHEMAS, MEANINGS, WORDS, "en").of(of))


def test_members_are_told_by_place_with_what_they_hold_and_mean() -> None:
    assert members(operation()) == [
        Member("name", "", "text ≤ 20", True, "who orders"),
        Member("items", "", "list_of[object] ≤ 5", True, "the items"),
        Member("items[].name", "", "text `^a|b$`", False, "the name"),
        Member("items[].day", "", "day", False, "the day"),
        Member("grades", "", "object", False, "the grades"),
        Member("grades.….grade", "", "integer ≥ 0", True, "the grade"),
    ]


def test_path_comes_before_query_and_both_before_the_body() -> None:
    kind = {"anyOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}], "default": "city"}
    parameters = [
        {"name": "kind", "in": "query", "required": False, "schema": kind},
        {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}},
    ]
    assert members(operation(parameters=parameters, requestBody={})) == [
        Member("key", "in_path", "text", True, "the key"),
        Member("kind", "in_query", "`city` · `team` = `city`", False, "the kind"),
    ]


def test_a_member_that_nobody_has_worded_stops_the_page_with_its_name() -> None:
    parameters = [{"name": "colour", "in": "query", "required": False, "schema": {"type": "string"}}]
    with pytest.raises(LookupError, match=r"what colour of order means"):
        members(operation(parameters=parameters))


def test_a_code_that_nobody_has_worded_stops_the_page_with_its_name() -> None:
    openapi = {"paths": {"/v1/orders": {"post": operation(requestBody={})}}, "components": {"schemas": {}}}
    with pytest.raises(LookupError, match=r"does not explain \['order-closed'\]"):
        page("nothing", openapi, "en")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_person_of_the_examples_is_told_in_both_languages(service: str, language: str) -> None:
    people = Vocabulary(service).own("people")
    assert people and all(one[language] for one in people.values())


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("sort", ["members", "operations", "problems"])
def test_a_service_words_for_itself_only_what_services_do_not_say_alike(service: str, sort: str) -> None:
    shared = Vocabulary("nobody").of(sort)
    assert [name for name, said in Vocabulary(service).own(sort).items() if shared.get(name) == said] == []


def test_dates_are_text_in_examples_alone() -> None:
    assert str(yaml.safe_load("on: 2026-01-25")[True].year) == "2026"
