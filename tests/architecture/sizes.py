"""Caps the tail: module length, function length and parameters, of tests the module length alone; with listed exceptions."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = "tests"
FOLDERS = ("services", "shared", "deploy", TESTS)
MODULE_LINES = 300
FUNCTION_LINES = 40
PARAMETERS = 5
HTTP_METHODS = frozenset({"get", "post", "put", "patch", "delete"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_endpoint(function: Function) -> bool:
    """Tell whether a function is an HTTP operation, whose parameters are those of the request and no caller's."""
    calls = [each.func for each in function.decorator_list if isinstance(each, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in HTTP_METHODS for call in calls)


def parameters(function: Function) -> int:
    """Count the parameters that a caller gives; self and cls are none of them."""
    if is_endpoint(function):
        return 0
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def function_length(function: Function) -> int:
    """Count the lines of a body without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None and len(body) > 1:
        body = body[1:]
    return (function.end_lineno or function.lineno) - body[0].lineno + 1


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Give every function with its dotted name in the module."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield f"{prefix}{node.name}", node
        if isinstance(node, Function | ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")


def module_excesses(shown: str, source: str) -> Iterator[tuple[str, str]]:
    """Give what is too large in a module: its key in the list of exceptions, and what it measures.

    The parameters of a test are its fixtures and cases, and its length is that of its story: they have no cap.
    """
    lines = source.count("\n")
    if lines > MODULE_LINES:
        yield shown, f"{lines} lines"
    if shown.startswith(f"{TESTS}/"):
        return
    for name, function in functions(ast.parse(source)):
        if (length := function_length(function)) > FUNCTION_LINES:
            yield f"{shown}:{name}", f"{length} lines"
        if (count := parameters(function)) > PARAMETERS:
            yield f"{shown}:{name}", f"{count} parameters"


def excesses(root: Path) -> dict[str, str]:
    """Give everything that is too large below the folders, migrations apart."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                shown = path.relative_to(root).as_posix()
                found.update(module_excesses(shown, path.read_text(encoding="utf-8")))
    return found


def complaints(found: dict[str, str], exceptions: dict[str, str]) -> list[str]:
    """Say what is too large without a reason, and which exceptions are no longer needed."""
    return [
        *(f"{key}: {measure}" for key, measure in found.items() if not exceptions.get(key, "").strip()),
        *(f"{key}: listed as an exception, but is not too large" for key in exceptions if key not in found),
    ]


def main() -> int:
    listed = tomllib.loads((ROOT / "tests/architecture/exceptions.toml").read_text(encoding="utf-8"))
    found = complaints(excesses(ROOT), listed["sizes"])
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
