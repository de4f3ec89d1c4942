"""The page's forms are made from the services' documents: every operation of every service has one, in words."""

import ast
import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest

from deploy.api_pages import document
from deploy.layout import ROOT, SERVICES
from support.browser import browsing, page_of

Json = Mapping[str, Any]
WORDS = (resources.files("console") / "page" / "assets" / "words-zh.js").read_text(encoding="utf-8")
# Formats have the same names in every language; what an import is of is never shown by its name.
UNSAID = {"csv", "xlsx", "declaration_import", "file_import"}
PARTS = [name for name in SERVICES if name != "console"]
# Gives, of each operation, what its untouched form says and the names of its controls.
MAKE = """
async ([operations, schemas]) => {
  const { fieldsOf } = await import("/assets/forms.js");
  const made = {};
  for (const [id, schema] of Object.entries(operations)) {
    const { node, read } = fieldsOf(schema, schemas);
    for (const more of node.querySelectorAll("fieldset > button")) more.click();
    const controls = [...node.querySelectorAll("[name]")];
    made[id] = { said: JSON.stringify(fieldsOf(schema, schemas).read()), names: controls.map((one) => one.name),
                 needed: controls.filter((one) => one.required).map((one) => one.name) };
  }
  return made;
}
"""


# Fills in the form of a person as it is, changes it, and gives what it says before and afterwards.
CHANGE = """
async ([schema, schemas, now]) => {
  const { fieldsOf } = await import("/assets/forms.js");
  const { node, read } = fieldsOf(schema, schemas, now);
  const at = (name) => node.querySelector(`[name=${name}]`);
  const before = read();
  at("name").value += "二";
  at("deputy_id").value = "";
  at("active").click();
  node.querySelector("[value=account-manager]").click();
  return { before, after: read() };
}
"""

HELD = """
async ([schema, schemas, now]) => {
  const { fieldsOf } = await import("/assets/forms.js");
  const controls = fieldsOf(schema, schemas, now).node.querySelectorAll("[name]");
  return Object.fromEntries([...controls].map((control) => [control.name, control.value]));
}
"""


@pytest.fixture(scope="module", params=PARTS)
def service(request: pytest.FixtureRequest) -> Json:
    return document(request.param)


def operations(service: Json) -> Iterator[Json]:
    for methods in service["paths"].values():
        for method, operation in methods.items():
            yield {**operation, "method": method}


def bodies(service: Json) -> dict[str, Json]:
    """Give the schema of what each operation takes."""
    return {
        operation["operationId"]: media["schema"]
        for operation in operations(service)
        for media in operation.get("requestBody", {}).get("content", {}).values()
    }


def members(schema: Json, schemas: Json) -> Iterator[tuple[str, Json]]:
    """Give every member that a schema has, however deep."""
    if "$ref" in schema:
        yield from members(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for part in (*schema.get("anyOf", ()), schema.get("items", {})):
        if part:
            yield from members(part, schemas)
    for name, part in schema.get("properties", {}).items():
        yield name, part
        yield from members(part, schemas)


def enumerated(part: Json, schemas: Json) -> Iterator[str]:
    """Give what can be chosen for a member."""
    whole = schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    yield from whole.get("enum", ())
    for inner in (*whole.get("anyOf", ()), *([whole["items"]] if "items" in whole else [])):
        yield from enumerated(inner, schemas)


def values(told: Any) -> Iterator[Any]:
    """Give all that is said but `no`, which a box that has to be answered says by standing empty."""
    if isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from values(part)
    elif told is not False:
        yield told


def said(table: str) -> set[str]:
    part = WORDS[WORDS.index(f"\n  {table}: {{") :]
    return set(re.findall(r"(?:^|[{,]\s*)\"?([\w-]+)\"?: \"", part[: part.index("\n  },")], flags=re.M))


def test_every_operation_says_for_whom_it_is_and_what_it_does_in_chinese(service: Json) -> None:
    for operation in operations(service):
        assert isinstance(operation["x-roles"], list), operation["operationId"]
        assert re.search(r"[一-鿿]", operation["summary"]), operation["operationId"]


def test_what_needs_the_version_of_another_record_says_where_that_is_read(service: Json) -> None:
    for path, methods in service["paths"].items():
        for operation in methods.values():
            if "x-version-of" in operation:
                beside = f"{path.rpartition('/')[0]}/{operation['x-version-of']}"
                assert "get" in service["paths"][beside] and "428" in operation["responses"]


def test_every_field_and_choice_of_a_form_is_said_in_chinese(service: Json) -> None:
    schemas = service["components"]["schemas"]
    found = [pair for body in bodies(service).values() for pair in members(body, schemas)]
    assert {name for name, _ in found} <= said("fields") | said("columns")
    choices = {choice for _, part in found for choice in enumerated(part, schemas)}
    assert choices <= said("codes") | said("roles")


def test_what_a_list_is_asked_by_is_said_in_chinese(service: Json) -> None:
    lists = [one for one in operations(service) if one["operationId"].startswith("list_")]
    asked = {
        parameter["name"]: parameter["schema"]
        for one in lists
        for parameter in one.get("parameters", ())
        if parameter["in"] == "query"
    }
    sorts = {
        sort.removeprefix("-") for sort in enumerated(asked.get("sort", {}), service["components"]["schemas"])
    }
    names = asked.keys() - {"cursor", "limit", "format", "sort"} | sorts
    assert names <= said("fields") | said("columns")


def test_every_state_and_kind_of_the_records_is_said_in_chinese() -> None:
    told = {
        line.value.value
        for module in (ROOT / "services").glob("*/*/model/*.py")
        for made in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(made, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in made.bases)
        for line in made.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
    }
    assert told - said("codes") - said("roles") == UNSAID


async def test_every_operation_has_a_form_that_says_nothing_before_it_is_filled_in(
    service: Json, origin: Any
) -> None:
    schemas, taken = service["components"]["schemas"], bodies(service)

    def make() -> tuple[Any, list[str]]:
        with browsing() as browser, page_of(browser, origin.base) as (page, complaints):
            page.goto("/")
            return page.evaluate(MAKE, [taken, schemas]), complaints

    made, complaints = await asyncio.to_thread(make)
    assert (made.keys(), complaints) == (taken.keys(), [])
    for operation, body in taken.items():
        whole = schemas[body["$ref"].rpartition("/")[2]] if "$ref" in body else body
        form = made[operation]
        assert not list(values(json.loads(form["said"]))), operation
        deep = {name for name, _ in members(body, schemas)}
        assert set(form["names"]) <= deep, operation
        flat = {
            name
            for name, part in whole["properties"].items()
            if part.get("type") in ("string", "integer", "number")
        }
        assert flat <= set(form["names"]), operation
        assert flat & set(whole.get("required", ())) <= set(form["needed"]), operation


async def test_a_form_of_change_holds_what_there_is_and_says_what_was_changed_or_emptied(origin: Any) -> None:
    registry = document("registry")
    now = {
        "name": "甲", "org_id": "420106", "roles": ["unit-head", "account-manager"], "active": True,
        "deputy_id": "019a8c1e-0000-7000-8000-000000000001", "version": 3, "absences": [{"reason": "休假"}],
    }  # fmt: skip

    def change() -> Any:
        with browsing() as browser, page_of(browser, origin.base) as (page, _):
            page.goto("/")
            schema = bodies(registry)["change_person"]
            return page.evaluate(CHANGE, [schema, registry["components"]["schemas"], now])

    said = await asyncio.to_thread(change)
    assert said["before"] == {}
    changed = {"name": "甲二", "deputy_id": None, "active": False, "roles": ["unit-head"]}
    assert said["after"] == changed


async def test_what_is_masked_is_not_put_into_a_field(origin: Any) -> None:
    registry = document("registry")
    now = {"name": "某某公司", "phones": ["138****0001"], "address": None}

    def make() -> Any:
        with browsing() as browser, page_of(browser, origin.base) as (page, _):
            page.goto("/")
            schema = bodies(registry)["change_customer"]
            return page.evaluate(HELD, [schema, registry["components"]["schemas"], now])

    held = await asyncio.to_thread(make)
    assert held == {"name": "某某公司", "phones": "", "address": "", "vip": "on"}
