"""The small part of YAML that packs are written in, with line numbers; no floats, no repeated keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from regulations.reading import PackError, Path

# The same parser in C where the library was built with it: five times as fast.
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
FLOAT = re.compile(r"[-+]?(\d[\d_]*\.\d*|\.\d+|\d[\d_]*)([eE][-+]?\d+)?|[-+]?\.(inf|nan)", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:\d\d)")
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}


@dataclass
class Document:
    """A file's plain value, and the line on which each part of it begins."""

    file: str
    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """Give the line of the part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def refusal(self, problem: str, detail: str, path: Path = ()) -> PackError:
        """Give the error that names this file and the line of the part."""
        return PackError(problem, detail, path, self.file, self.line_of(path))


def read_document(text: str, file: str) -> Document:
    """Read one YAML file strictly; raises PackError with file and line."""
    document = Document(file)
    try:
        _refuse_anchors(text, document)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else None
        raise PackError("not-yaml", str(broken.problem), file=file, line=line) from broken
    if node is None:
        raise PackError("empty-file", "there is nothing in it", file=file, line=1)
    document.value = _value(node, (), document)
    return document


def _refuse_anchors(text: str, document: Document) -> None:
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1 if event.start_mark else None
            raise PackError(
                "anchor", "anchors and aliases are not used in packs", file=document.file, line=line
            )


def _value(node: Node, path: Path, document: Document) -> object:
    document.lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, path, document)


def _mapping(node: MappingNode, path: Path, document: Document) -> dict[object, object]:
    values: dict[object, object] = {}
    for key_node, value_node in node.value:
        key = _scalar(key_node, path, document)
        inside = (*path, str(key))
        document.lines[inside] = key_node.start_mark.line + 1
        if str(key) in {str(known) for known in values}:
            raise document.refusal("duplicate-key", f"{key!r} stands twice", inside)
        values[key] = _value(value_node, inside, document)
        document.lines[inside] = key_node.start_mark.line + 1
    return values


def _scalar(node: Node, path: Path, document: Document) -> object:
    if not isinstance(node, ScalarNode):
        raise document.refusal("key-not-text", "a key is a word or a whole number", path)
    text = node.value
    if node.style:
        return text
    if text in WORDS:
        return WORDS[text]
    try:
        return _bare(text)
    except ValueError as refused:
        problem = "float" if FLOAT.fullmatch(text) else "wrong-scalar"
        raise PackError(problem, str(refused), path, document.file, node.start_mark.line + 1) from refused


def _bare(text: str) -> object:
    if INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if DATE.fullmatch(text):
        return date.fromisoformat(text)
    if INSTANT.fullmatch(text):
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    if FLOAT.fullmatch(text):
        raise ValueError(f"{text} is a float; write whole numbers, or quote a decimal")
    if re.fullmatch(r"\d+(:\d+)+", text):
        raise ValueError(f"{text} must be quoted")
    return text
