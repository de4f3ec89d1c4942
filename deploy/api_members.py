"""The tables of the API pages: what an operation takes, member by member, told from its OpenAPI schemas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
Words = Mapping[str, Mapping[str, str]]
FORMATS = {"uuid": "`uuid`", "date": "day", "date-time": "instant", "binary": "file"}


@dataclass(frozen=True)
class Member:
    """A member by its place (`customer.name`, `items[].staff_no`), what it holds, and whether it must be there."""

    place: str
    where: str
    holds: str
    required: bool
    means: str


@dataclass(frozen=True)
class Members:
    """Reads members off the schemas of a document, in one language."""

    schemas: Mapping[str, Schema]
    meanings: Words
    words: Words
    language: str

    def of(self, operation: Mapping[str, Any]) -> Iterator[Member]:
        """Give the members of path, query and body, in this order."""
        name = operation["operationId"]
        for one in sorted(operation.get("parameters", ()), key=lambda one: one["in"] != "path"):
            where = self._word(f"in_{one['in']}")
            means = self._means(one["name"], name)
            yield Member(one["name"], where, self._type(one["schema"]), one["required"], means)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield from self._inside(content["schema"], "", name)

    def _inside(self, schema: Schema, prefix: str, owner: str) -> Iterator[Member]:
        """Give the members of an object, each followed by those inside it."""
        owner = _name(schema) or owner
        resolved = self._resolved(schema)
        required = resolved.get("required", ())
        for name, one in resolved.get("properties", {}).items():
            place = f"{prefix}{name}"
            yield Member(place, "", self._type(one), name in required, self._means(name, owner))
            yield from self._below(one, place)

    def _below(self, schema: Schema, place: str) -> Iterator[Member]:
        inner = _bare(schema)
        while True:
            resolved = self._resolved(inner)
            if "items" in resolved:
                inner, place = _bare(resolved["items"]), f"{place}[]"
            elif isinstance(resolved.get("additionalProperties"), dict):
                inner, place = _bare(resolved["additionalProperties"]), f"{place}.…"
            else:
                break
        if "properties" in self._resolved(inner):
            yield from self._inside(inner, f"{place}.", str(inner.get("title", "")))

    def _type(self, schema: Schema) -> str:
        """Say what a member holds, with its bounds."""
        kinds = [one for one in schema.get("anyOf", (schema,)) if one.get("type") != "null"]
        told = " / ".join(dict.fromkeys(self._kind(self._resolved(one)) for one in kinds))
        default = schema.get("default")
        return f"{told} = `{_shown(default)}`" if default not in (None, [], "") else told

    def _kind(self, schema: Schema) -> str:
        if "enum" in schema or "const" in schema:
            return " · ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
        if "items" in schema:
            return f"{self._word('list_of')}[{self._type(schema['items'])}]{_bounds(schema, 'Items')}"
        if schema.get("format") in FORMATS or "contentMediaType" in schema:
            form = FORMATS[schema.get("format", "binary")]
            return form if form.startswith("`") else self._word(form)
        if schema.get("type") == "string":
            pattern = f" `{schema['pattern']}`" if "pattern" in schema else ""
            return self._word("text") + pattern + _bounds(schema, "Length")
        bounds = _range(schema.get("minimum"), schema.get("maximum"))
        kind = {"integer": "integer", "number": "number", "boolean": "boolean", "object": "object"}
        return self._word(kind.get(str(schema.get("type")), "anything")) + bounds

    def _resolved(self, schema: Schema) -> Schema:
        name = _name(schema)
        return self.schemas[name] if name else schema

    def _means(self, name: str, owner: str) -> str:
        """Give the meaning of a member; raises LookupError where nobody has worded it."""
        title = str(self.schemas.get(owner, {}).get("title", owner))
        for key in (f"{owner}.{name}", f"{title}.{name}", name):
            if key in self.meanings:
                return self.meanings[key][self.language]
        raise LookupError(f"docs/api/words does not say what {name} of {title} means")

    def _word(self, name: str) -> str:
        return self.words[name][self.language]


def _bare(schema: Schema) -> Schema:
    """Give what stands beside null."""
    kinds = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else schema


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _bounds(schema: Schema, of: str) -> str:
    least = schema.get(f"min{of}")
    return _range(least if least not in (None, 0, 1) else None, schema.get(f"max{of}"))


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f" ≤ {most:g}"
    return f" ≥ {least:g}" if most is None else f" {least:g}–{most:g}"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
