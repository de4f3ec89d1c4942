"""What the OpenAPI document says of every operation beside its shapes: who may ask, and each problem by its code."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from chassis.http.edge import May
from chassis.http.problems import MEDIA_TYPE
from chassis.http.rebuilds import RebuildOver, RebuildUnderWay
from chassis.http.statuses import status_of
from chassis.http.words import status_words
from chassis.releasing import StillWrong
from contracts.refusals import Refusal

Answerable = type[Refusal] | tuple[int, str]
Refusals = Mapping[str, Sequence[Answerable]]

# What any operation with such an answer can say before or beside its own rules.
EVERYWHERE: Mapping[int, Sequence[str]] = {
    401: ("unauthenticated",),
    403: ("forbidden",),
    404: ("not-found",),
    409: ("no-law", "request-in-progress"),
    412: ("stale-version",),
    413: ("body-too-large",),
    415: ("unsupported-media-type",),
    422: ("invalid-request", "invalid-value", "not-storable"),
    428: ("if-match-missing",),
    503: ("database-unavailable", "storage-full"),
}
# What all that has a body can say besides.
OF_BODIES: Mapping[int, Sequence[str]] = {400: ("bad-request", "malformed-json")}
# What every change can say besides, whatever its route declares: it has perhaps a key, and an event.
OF_CHANGES: Mapping[int, Sequence[str]] = {
    400: ("idempotency-key-invalid",),
    409: ("changed-meanwhile",),
    413: ("event-too-large",),
    422: ("idempotency-key-reused",),
}
# Only what makes something must carry a key.
OF_POSTS: Mapping[int, Sequence[str]] = {400: ("idempotency-key-missing",)}
READS = {"x-reads": True}
"""Said of a POST that changes nothing (`openapi_extra`): what is asked is more than an address should hold; it has no key."""
OF_THE_CHASSIS: Refusals = {
    "attach": ((413, "attachment-too-large"), (415, "attachment-type")),
    "release_dead_letters": (StillWrong,),
    "rebuild": (RebuildUnderWay,),
    "cancel_rebuild": (RebuildOver,),
}


def document(
    app: FastAPI,
    routers: Sequence[APIRouter],
    refusals: Refusals | None,
    statuses: Mapping[type[Refusal], int],
) -> None:
    """Add `x-roles` to every operation of the app's OpenAPI document, and where a service says what it refuses
    `x-problems` ({status: [code]})."""
    plain = app.openapi

    def documented() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            refused = {**OF_THE_CHASSIS, **(refusals or {})}
            for route in _routes(routers):
                for method in route.methods or ():
                    operation = schema["paths"][route.path_format][method.lower()]
                    operation["x-roles"] = sorted(_roles(route.dependant))
                    if refusals is not None:
                        own = _by_status(refused.get(route.operation_id or "", ()), statuses)
                        _describe(operation, route, method, own)
        return app.openapi_schema or {}

    setattr(app, "openapi", documented)  # noqa: B010 - FastAPI's own way to extend it, which mypy takes for a mistake


def _routes(routers: Sequence[APIRouter]) -> Iterator[APIRoute]:
    return (
        route
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    )


def _describe(
    operation: dict[str, Any], route: APIRoute, method: str, own: Mapping[int, Sequence[str]]
) -> None:
    answers = operation["responses"]
    if changes(operation, method):
        for status in OF_CHANGES:
            answers.setdefault(str(status), {**answers["503"], "description": status_words(status)[1]})
    declared = {int(status) for status, answer in answers.items() if MEDIA_TYPE in answer.get("content", ())}
    undeclared = sorted(set(own) - declared)
    if undeclared:
        raise LookupError(f"{route.operation_id} refuses with {undeclared}, which its route does not declare")
    operation["x-problems"] = {
        str(status): sorted({*common(status, operation, method), *own.get(status, ())})
        for status in sorted(declared)
    }


def changes(operation: Mapping[str, Any], method: str) -> bool:
    """Tell whether an operation changes anything."""
    return method != "GET" and not operation.get("x-reads")


def common(status: int, operation: Mapping[str, Any], method: str) -> Iterable[str]:
    """Give what any operation of this sort can say with this status, beside its own rules."""
    of_bodies = OF_BODIES.get(status, ()) if method != "GET" else ()
    of_changes = OF_CHANGES.get(status, ()) if changes(operation, method) else ()
    of_posts = OF_POSTS.get(status, ()) if changes(operation, method) and method == "POST" else ()
    return (*EVERYWHERE.get(status, ()), *of_bodies, *of_changes, *of_posts)


def _by_status(
    said: Sequence[Answerable], statuses: Mapping[type[Refusal], int]
) -> Mapping[int, Sequence[str]]:
    pairs = [one if isinstance(one, tuple) else (status_of(one, statuses), one.code) for one in said]
    return {status: [code for of, code in pairs if of == status] for status, _ in pairs}


def _roles(dependant: Dependant) -> set[str]:
    """Collect the roles that a route asks for, wherever in its dependencies."""
    own = set(dependant.call.roles) if isinstance(dependant.call, May) else set()
    return own.union(*(_roles(each) for each in dependant.dependencies))
