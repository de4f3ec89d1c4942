"""Writes the API pages of a service out of its OpenAPI document and the examples under docs/api.

python -m deploy.api_pages registry: docs/api/registry.md and .zh.md
"""

import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from chassis.settings import SECRET_BYTES
from deploy.layout import ROOT, SERVICES

FOLDER = ROOT / "docs" / "api"
WORDS: Mapping[str, Mapping[str, str]] = {
    "title": {"zh": "{service} 接口", "en": "The API of {service}"},
    "about": {
        "zh": "每个操作的说明、可执行的示例，以及它可能给出的每一种问题。`${名}` 是前面示例所得的值；"
        "示例按此页的顺序由测试逐一执行。",
        "en": "Every operation with an example that runs, and each problem it can answer. `${name}` stands for what an "
        "example before gave; a test runs the examples in the order of this page.",
    },
    "who": {"zh": "可由", "en": "For"},
    "anyone": {"zh": "任何登录者", "en": "anyone signed in"},
    "example": {"zh": "示例", "en": "Example"},
    "as": {"zh": "由", "en": "as"},
    "answers": {"zh": "答复", "en": "answers"},
    "problems": {"zh": "问题", "en": "Problems"},
    "legend": {"zh": "问题代码", "en": "What the codes mean"},
    "else": {"zh": "其他操作", "en": "Other operations"},
}


def page(service: str, openapi: Mapping[str, Any], language: str) -> str:
    """Give one page in one language."""
    operations = dict(_operations(openapi))
    examples = list(_examples(service))
    lines = [f"# {_word('title', language).format(service=service)}", "", _word("about", language), ""]
    told: set[str] = set()
    for title, shown in examples:
        lines += [f"## {title[language]}", ""]
        for example in shown:
            name = example["operation"]
            if name not in told:
                lines += _operation(operations[name], language)
                told.add(name)
            lines += _example(example, operations[name], language)
    codes = {code for one in operations.values() for named in one["x-problems"].values() for code in named}
    return "\n".join([*lines, *_legend(codes, language)]) + "\n"


def _operations(openapi: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], {**operation, "method": method.upper(), "path": path}


def _examples(service: str) -> Iterator[tuple[Mapping[str, str], list[dict[str, Any]]]]:
    for file in sorted((FOLDER / service).glob("*.yaml")):
        told = chapter(file)
        yield told["title"], told["examples"]


def chapter(file: Path) -> dict[str, Any]:
    """Give one file of examples; dates in it are text, as in JSON."""
    read: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), _Text)  # noqa: S506 - a safe loader with one kind less
    return read


class _Text(yaml.SafeLoader):
    """Leaves dates and times the text that they are."""


for _first, _resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
    _Text.yaml_implicit_resolvers[_first] = [
        (tag, pattern) for tag, pattern in _resolvers if tag != "tag:yaml.org,2002:timestamp"
    ]


def _operation(operation: Mapping[str, Any], language: str) -> list[str]:
    roles = ", ".join(operation["x-roles"]) or _word("anyone", language)
    says = operation["summary"] if language == "zh" else operation.get("description", operation["summary"])
    problems = "; ".join(
        f"{status} {', '.join(f'`{code}`' for code in codes)}"
        for status, codes in operation["x-problems"].items()
    )
    return [
        f"### `{operation['method']} {operation['path']}`",
        "",
        says.replace("\n", " "),
        "",
        f"*{_word('who', language)}*: {roles}. *{_word('problems', language)}*: {problems}.",
        "",
    ]


def _example(example: Mapping[str, Any], operation: Mapping[str, Any], language: str) -> list[str]:
    path = operation["path"].format_map({**example.get("path", {})})
    query = "&".join(f"{name}={value}" for name, value in example.get("query", {}).items())
    sent = [f"{operation['method']} {path}{'?' + query if query else ''}"]
    if "if_match" in example:
        sent.append(f'If-Match: "{example["if_match"]}"')
    if "body" in example:
        sent += ["", _json(example["body"])]
    if "file" in example:
        sent += ["", f"file={example['file']['name']}"]
    got = [f"→ {example['status']}"]
    if "answer" in example:
        got.append(_json(example["answer"]))
    label = (
        f"{_word('example', language)} ({_word('as', language)} {example['as']}): {example['says'][language]}"
    )
    return [label, "", "```http", *sent, "", *got, "```", ""]


def _legend(codes: set[str], language: str) -> list[str]:
    words = yaml.safe_load((FOLDER / "problems.yaml").read_text(encoding="utf-8"))
    missing = sorted(codes - set(words))
    if missing:
        raise LookupError(f"docs/api/problems.yaml does not explain {missing}")
    lines = [f"- `{code}`: {words[code][language]}" for code in sorted(codes)]
    return [f"## {_word('legend', language)}", "", *lines]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _word(name: str, language: str) -> str:
    return WORDS[name][language]


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
    """Write both pages of the service named."""
    service = sys.argv[1]
    openapi = document(service)
    for language, path in paths(service).items():
        path.write_text(page(service, openapi, language), encoding="utf-8")


if __name__ == "__main__":
    main()
