"""Writes the API pages of services out of their OpenAPI documents and the examples under docs/api.

python -m deploy.api_pages registry service-desk: docs/api/registry.md and .zh.md, docs/api/service-desk.md and .zh.md
"""

import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from chassis.http.documentation import common
from chassis.settings import SECRET_BYTES
from deploy.api_members import Members, Words
from deploy.api_words import FOLDER, Vocabulary, chapter
from deploy.layout import SERVICES

WIDTH = 110
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """A service's page in one language."""

    service: str
    openapi: Json
    language: str

    def text(self) -> str:
        """Give the page: contents, what holds for all, the operations by chapter, the codes."""
        title = self._word("title").format(service=self.service)
        told: set[str] = set()
        chapters = [line for chapter in self._chapters for line in self._chapter(chapter, told)]
        lines = [f"# {title}", "", self._word("about"), "", *self._contents(), *self._rules(), *chapters]
        return "\n".join([*lines, *self._legend()]) + "\n"

    @cached_property
    def _operations(self) -> Mapping[str, Json]:
        return {
            operation["operationId"]: {**operation, "method": method.upper(), "path": path}
            for path, methods in self.openapi["paths"].items()
            for method, operation in methods.items()
        }

    @cached_property
    def _chapters(self) -> Sequence[Json]:
        return [chapter(file) for file in sorted((FOLDER / self.service).glob("*.yaml"))]

    @cached_property
    def _members(self) -> Members:
        schemas = self.openapi["components"]["schemas"]
        return Members(schemas, self._words.of("members"), self._words.of("page"), self.language)

    @cached_property
    def _words(self) -> Vocabulary:
        return Vocabulary(self.service)

    def _contents(self) -> Iterator[str]:
        yield from (f"## {self._word('contents')}", "")
        seen: set[str] = set()
        for one in self._chapters:
            yield f"- **{one['title'][self.language]}**"
            for name in dict.fromkeys(e["operation"] for e in one["examples"] if not e.get("aside")):
                if name not in seen:
                    seen.add(name)
                    yield f"  - [{self._short(self._operations[name])}](#{name})"
        yield ""

    def _rules(self) -> Iterator[str]:
        yield from (f"## {self._word('rules')}", "", self._word("rules_said"), *self._own_rules(), "")
        yield from (f"## {self._word('people')}", "", self._word("people_columns"), "|---|---|---|")
        roles = self._words.of("roles")
        for name, one in self._words.own("people").items():
            yield f"| {name} | {one[self.language]} | {roles[one['role']][self.language]} |"
        yield ""
        yield from self._customers()

    def _own_rules(self) -> Iterator[str]:
        if "rules_own" in self._words.of("page"):
            yield self._word("rules_own")

    def _customers(self) -> Iterator[str]:
        """Tell the customers that a service had heard of before its first example."""
        known = self._words.own("customers")
        if not known:
            return
        yield from (f"## {self._word('customers')}", "", self._word("customers_columns"), "|---|---|---|---|")
        for name, one in known.items():
            phones = self._word("and").join(one["phones"])
            yield f"| `${{{name}}}` | {one['name']} ({one['code']}) | {phones} | {one[self.language]} |"
        yield ""

    def _chapter(self, one: Json, told: set[str]) -> Iterator[str]:
        yield from (f"## {one['title'][self.language]}", "", one["about"][self.language], "")
        last = None
        for example in one["examples"]:
            name = example["operation"]
            operation = self._operations[name]
            if name not in told and not example.get("aside"):
                told.add(name)
                yield from self._operation(operation)
            elif name != last:
                yield from (f"[`{operation['method']} {operation['path']}`](#{name})", "")
            last = name
            yield from self._example(example, operation)

    def _operation(self, operation: Json) -> Iterator[str]:
        yield f'<a id="{operation["operationId"]}"></a>'
        yield from ("", f"### `{operation['method']} {operation['path']}`", "", self._said(operation), "")
        yield self._line("who", self._roles(operation))
        members = list(self._members.of(operation))
        if members:
            yield from ("", self._word("members_columns"), "|---|---|---|---|")
        for one in members:
            holds = one.holds.replace("|", "\\|")
            yield f"| `{one.place}`{one.where} | {holds} | {self._word('yes') if one.required else ''} | {one.means} |"
        yield from ("", *self._problems(operation), "")

    def _said(self, operation: Json) -> str:
        """Say what an operation does: in English as its code does, in Chinese by its summary and what is worded here."""
        if self.language == "en":
            return " ".join(operation.get("description", operation["summary"]).split()).rstrip(".")
        more = self._words.of("operations").get(operation["operationId"], "")
        return f"**{operation['summary']}**。{more}" if more else f"**{operation['summary']}**"

    def _short(self, operation: Json) -> str:
        if self.language == "zh":
            return str(operation["summary"])
        return self._said(operation).partition(";")[0]

    def _roles(self, operation: Json) -> str:
        roles = self._words.of("roles")
        may = operation["x-roles"]
        others = [name for name in roles if name not in may]
        if not may:
            open_to_all = "401" not in operation["x-problems"]
            return self._word("everybody" if open_to_all else "anyone")
        if len(others) < len(may) // 2:
            return self._word("anyone_but").format(roles=self._joined(others, roles))
        return self._joined([name for name in roles if name in may], roles)

    def _joined(self, names: Sequence[str], words: Words) -> str:
        return self._word("and").join(words[name][self.language] for name in names)

    def _problems(self, operation: Json) -> Iterator[str]:
        """Give what the operation refuses by rules of its own with its meaning, and what any may answer by code."""
        named = operation["x-problems"]
        of_all = {status: [*common(int(status), operation, operation["method"])] for status in named}
        own = [(status, code) for status in named for code in named[status] if code not in of_all[status]]
        if own:
            yield from (self._word("problems_columns"), "|---|---|---|")
            yield from (
                f"| {status} | `{code}` | {self._codes[code][self.language]} |" for status, code in own
            )
            yield ""
        rest = [
            f"{status} {', '.join(f'`{code}`' for code in named[status] if code in of_all[status])}"
            for status in named
        ]
        if rest:
            yield self._line("besides", " · ".join(one for one in rest if "`" in one))

    def _example(self, example: Json, operation: Json) -> Iterator[str]:
        yield self._line("example", example["says"][self.language], example["as"])
        yield from ("", "```http", *_sent(example, operation), "", f"→ {example['status']}")
        if "location" in example:
            yield f"Location: {example['location']}"
        if "answer" in example:
            yield _json(example["answer"])
        yield from ("```", "")
        beside = [f"`${{{name}}}` = `{at}`" for name, at in example.get("keep", {}).items()]
        if "clock" in example:
            beside.insert(0, f"{self._word('clock')} {example['clock']}")
        if example.get("soon"):
            beside.append(self._word("soon"))
        if beside:
            yield from (", ".join(beside), "")

    @cached_property
    def _codes(self) -> Words:
        """Give the words of every code that an operation names; raises LookupError where one has none."""
        words = self._words.of("problems")
        answers = [one["x-problems"] for one in self._operations.values()]
        named = {code for one in answers for codes in one.values() for code in codes}
        missing = sorted(named - set(words))
        if missing:
            raise LookupError(f"docs/api/words does not explain {missing}")
        return {code: words[code] for code in sorted(named)}

    def _legend(self) -> Iterator[str]:
        yield from (f"## {self._word('legend')}", "")
        yield from (f"- `{code}`: {said[self.language]}" for code, said in self._codes.items())

    def _line(self, name: str, said: str, by: str = "") -> str:
        """Give a line that begins with a word in italics, and by whom it is done."""
        who = self._word("by").format(name=by) if by else ""
        line = self._word("line").format(word=f"*{self._word(name)}*{who}", said=said)
        return line[:-1] if said.endswith(("?", "？")) else line

    def _word(self, name: str) -> str:
        return self._words.of("page")[name][self.language]


def page(service: str, openapi: Json, language: str) -> str:
    """Give one page in one language."""
    return Page(service, openapi, language).text()


def _sent(example: Json, operation: Json) -> Iterator[str]:
    path = operation["path"].format_map({**example.get("path", {})})
    query = "&".join(f"{name}={value}" for name, value in example.get("query", {}).items())
    yield f"{operation['method']} {path}{'?' + query if query else ''}"
    if "if_match" in example:
        yield f'If-Match: "{example["if_match"]}"'
    if example.get("body"):
        yield from ("", _json(example["body"]))
    if "file" in example:
        file = example["file"]
        forms = [_json(file["annex_1"])] if "annex_1" in file else []
        fields = [f"{name}={value}" for name, value in example.get("form", {}).items()]
        yield from ("", f"file={file['name']}", *fields, *forms)


def _json(value: Any, indent: str = "") -> str:
    """Write JSON, in one line what fits in one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    inner = f"{indent}  "
    entries = (
        [f"{json.dumps(name, ensure_ascii=False)}: {_json(one, inner)}" for name, one in value.items()]
        if isinstance(value, dict)
        else [_json(one, inner) for one in value]
    )
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opening, ",\n".join(f"{inner}{one}" for one in entries), f"{indent}{closing}"])


def paths(service: str) -> Mapping[str, Path]:
    """Give where the pages of a service stand, by language."""
    return {"en": FOLDER / f"{service}.md", "zh": FOLDER / f"{service}.zh.md"}


def document(service: str) -> dict[str, Any]:
    """Give the OpenAPI document of a service; it is made without a database, so nothing is where these settings say."""
    nothing = {
        "SERVICE": service,
        "DATABASE_URL": "postgresql:///",
        "WORKER_URL": "postgresql:///",
        "KAFKA_BOOTSTRAP": "localhost:1",
        "JWKS": "none",
        "PHONE_KEY": "00" * SECRET_BYTES,
        "FILE_KEY": "00" * SECRET_BYTES,
    }
    os.environ.update({f"KEYPOST_{name}": value for name, value in nothing.items()})
    schema: dict[str, Any] = importlib.import_module(f"{SERVICES[service].package}.app").create().openapi()
    return schema


def main() -> None:
    """Write both pages of each service named."""
    for service in sys.argv[1:]:
        openapi = document(service)
        for language, path in paths(service).items():
            path.write_text(page(service, openapi, language), encoding="utf-8")


if __name__ == "__main__":
    main()
