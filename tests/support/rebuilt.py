"""Has a service of a running instance make its projections once more, as an administrator would over HTTP."""

from deploy.story.calling import Json, Person
from support.players import eventually

PATIENCE_SECONDS = 120.0
OPEN = ("requested", "running")


async def rebuilt(administrator: Person, service: str) -> Json:
    """Wait for what is under way, have it made once more, and give the rebuild when it is over."""
    path = f"/api/{service}/v1/rebuilds"
    await eventually(
        lambda: administrator.get(path),
        lambda reply: all(one["state"] not in OPEN for one in reply.body["items"]),
        PATIENCE_SECONDS,
    )
    asked = await administrator.post(path, {})
    assert asked.status == 202, asked
    shown = await eventually(
        lambda: administrator.get(f"{path}/{asked.body['id']}"),
        lambda reply: reply.body["state"] not in OPEN,
        PATIENCE_SECONDS,
    )
    assert (shown.body["state"], shown.body["missing"]) == ("done", 0), shown
    return shown.body


def touched(rebuild: Json) -> dict[str, Json]:
    """Give the tables in which a rebuild has changed something, and how many rows of each."""
    return {table: rows for table, rows in rebuild["changed"].items() if any(rows.values())}
