"""`/api/<service>/v1/…`: the services behind the one origin."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from chassis.runtime import Runtime
from console import readiness
from console.gateway import Gateway

router = APIRouter(include_in_schema=False)
PASSED_ON = "/api/"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@router.api_route("/api/{service}/{path:path}", methods=METHODS)
async def pass_on(service: str, request: Request) -> Response:
    """Pass a request on to a service; its answer comes back as it is."""
    gateway: Gateway = request.app.state.gateway
    try:
        return await gateway.forward(
            service, request, {"x-correlation-id": request.scope["state"]["correlation_id"]}
        )
    except ClientDisconnect:
        return Response()  # nobody is there to read it


async def ready_beyond(gateway: Gateway, patience: float, runtime: Runtime) -> tuple[bool, dict[str, object]]:
    """Tell whether every service behind the gateway is ready and the bus is up, and what each says."""
    services = await readiness.of_all(gateway, patience, runtime.settings.service)
    told: dict[str, object] = {"services": services}
    return runtime.bus_up and all(one["ready"] for one in services.values()), told
