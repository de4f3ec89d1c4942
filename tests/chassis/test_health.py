"""Health: alive while the process runs, ready with its database and a directory that has caught up, bus or no bus."""

import json
from pathlib import Path

import pytest

from chassis.directory_consumer import TOPIC
from chassis.runtime import Parts
from deploy.instance import Instance
from support.backbone import eventually, lay_topics, settings_of, superuser
from support.edge import AppUnderTest, running_app
from support.instance import FreshDatabase


async def ready(app: AppUnderTest) -> tuple[int, dict[str, object]]:
    answer = await app.http.get("/readyz")
    return answer.status_code, answer.json()


async def test_without_a_broker_it_is_ready_and_says_that_the_bus_is_down(
    fresh: FreshDatabase, tmp_path: Path
) -> None:
    async with running_app(fresh, tmp_path) as app:
        status, body = await ready(app)
        assert (status, body["ready"], body["database"], body["bus"]) == (200, True, "up", "down")
        alive = (await app.http.get("/healthz")).json()
        assert (alive["status"], alive["bus"], alive["consumer"]) == ("alive", "down", "none")


async def test_a_service_that_hears_the_directory_is_ready_once_it_has_caught_up_and_stays_so(
    fresh: FreshDatabase, tmp_path: Path, broker: Instance
) -> None:
    await lay_topics(settings_of(fresh), TOPIC)
    bootstrap = broker.layout.bootstrap
    async with running_app(
        fresh, tmp_path, Parts(), kafka_bootstrap=bootstrap, broker_check_seconds=0.2
    ) as app:
        status, body = await ready(app)
        assert (status, body["directory"]) == (503, "catching-up")

        async def green() -> bool:
            return (await ready(app))[0] == 200

        await eventually(green, "the directory has caught up")

        async def bus_up() -> bool:
            return (await ready(app))[1]["bus"] == "up"

        await eventually(bus_up, "the bus is up")
        broker.kill("broker")
        try:

            async def bus_down() -> bool:
                return (await ready(app))[1]["bus"] == "down"

            await eventually(bus_down, "the bus is reported down")
            assert (await ready(app))[0] == 200
        finally:
            broker.start("broker")
            broker.wait_for("broker")

        async def bus_up() -> bool:
            return (await ready(app))[1]["bus"] == "up"

        await eventually(bus_up, "the bus is reported up again")


async def test_without_its_database_it_is_alive_but_not_ready_and_recovers(
    fresh: FreshDatabase, tmp_path: Path
) -> None:
    async with running_app(fresh, tmp_path) as app, superuser(fresh) as root:
        assert (await ready(app))[0] == 200
        elsewhere = fresh.superuser_url.replace(fresh.name, "postgres")
        async with superuser(type("Other", (), {"superuser_url": elsewhere})()) as other:
            await other.execute(f"ALTER DATABASE {fresh.name} ALLOW_CONNECTIONS false")
            try:
                await root.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                status, body = await ready(app)
                assert (status, body["ready"], body["database"]) == (503, False, "down")
                assert (await app.http.get("/healthz")).status_code == 200
            finally:
                await other.execute(f"ALTER DATABASE {fresh.name} ALLOW_CONNECTIONS true")

        async def green() -> bool:
            return (await ready(app))[0] == 200

        await eventually(green, "it is ready again")
        for task in app.runtime._tasks:
            assert not task.done(), task.get_name()


async def test_health_tells_the_revision_of_the_clock(fresh: FreshDatabase, tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    file.write_text(json.dumps({"offset_seconds": 86_400.0, "revision": 5}))
    async with running_app(fresh, tmp_path, clock_file=file) as app:
        assert (await app.http.get("/healthz")).json()["clock_revision"] == 5


async def test_metrics_are_counted_by_route_not_by_path(fresh: FreshDatabase, tmp_path: Path) -> None:
    async with running_app(fresh, tmp_path) as app:
        await app.http.get("/v1/notes/somebodys-name")
        text = (await app.http.get("/metrics")).text
        assert "somebodys-name" not in text
        assert 'route="/v1/notes/{note_id}"' in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/v1/openapi.json"])
async def test_health_and_documentation_need_no_token(
    fresh: FreshDatabase, tmp_path: Path, path: str
) -> None:
    async with running_app(fresh, tmp_path) as app:
        assert (await app.http.get(path)).status_code == 200
