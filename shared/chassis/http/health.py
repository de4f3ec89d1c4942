"""How a process says that it lives, and whether it can serve."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.database import DATABASE_FAILURES
from chassis.runtime import Runtime

router = APIRouter(tags=["health"])
Beyond = Callable[[Runtime], Awaitable[tuple[bool, dict[str, Any]]]]
"""What a service needs beyond itself: whether that is ready, and what to tell of it."""


@router.get("/healthz", operation_id="health", summary="进程是否存活")
async def health(request: Request) -> dict[str, object]:
    """Tell that the process lives, and which setting of the clock it goes by."""
    runtime: Runtime = request.app.state.runtime
    return {
        "service": runtime.settings.service,
        "status": "alive",
        "clock_revision": runtime.clock.setting().revision,
        "now": runtime.clock.now().isoformat(),
        "bus": "up" if runtime.bus_up else "down",
        "consumer": runtime.consumer_state,
        "consuming": runtime.consumer.watch.told() if runtime.consumer else None,
    }


@router.get(
    "/readyz",
    operation_id="ready",
    summary="是否可以服务",
    responses={503: {"description": "尚不能服务,原因同上 · not ready; the same members say why"}},
)
async def ready(request: Request) -> JSONResponse:
    """Green with a database and a directory that has caught up; a missing broker is told, not fatal."""
    runtime: Runtime = request.app.state.runtime
    try:
        async with runtime.database.app.acquire(timeout=2) as connection:
            await connection.fetchval("SELECT 1")
        database = True
    except DATABASE_FAILURES:
        database = False
    is_ready = database and runtime.caught_up
    beyond: Beyond | None = request.app.state.beyond
    others_ready, others = await beyond(runtime) if beyond else (True, {})
    is_ready = is_ready and others_ready
    body = {
        "service": runtime.settings.service,
        "ready": is_ready,
        "database": "up" if database else "down",
        "directory": "caught-up" if runtime.caught_up else "catching-up",
        "bus": "up" if runtime.bus_up else "down",
        **others,
    }
    return JSONResponse(body, 200 if is_ready else 503)


@router.get("/metrics", operation_id="metrics", summary="Prometheus 指标", include_in_schema=False)
async def metrics() -> Response:
    """Give the metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
