"""Merged customers: who was merged into whom, kept in step with the registry, so that reading leads to the survivor.

Rows keep the ids that they were written with; queries ask `survivor_of`, `same_customer` or `aliases` of the database.
"""

from collections.abc import Mapping, Sequence

from chassis.bus import Handler
from chassis.encoding import dumps
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.merging import CustomerMerged, CustomerUnmerged

TABLE = "customer_alias"
# A customer's events are ordered by its version; an un-merge keeps its row, so that a merge heard late changes nothing.
LED = """
    INSERT INTO customer_alias AS a SELECT * FROM jsonb_populate_recordset(NULL::customer_alias, $1::jsonb)
    ON CONFLICT (customer_id) DO UPDATE SET (survivor_id, version) = (excluded.survivor_id, excluded.version)
    WHERE a.version < excluded.version
"""


def merging(keep: Handler) -> Mapping[str, Handler]:
    """Give the handlers of merges and un-merges of a service that takes over the customer's facts by `keep`."""

    async def hear(tx: Transaction, events: Sequence[Event]) -> None:
        await keep(tx, events)
        await lead(tx, events)

    return {CustomerMerged.TYPE: hear, CustomerUnmerged.TYPE: hear}


async def lead(tx: Transaction, events: Sequence[Event]) -> None:
    """Let each merged customer lead to its survivor, and each un-merged one stand for itself again."""
    newest = {event.data["customer_id"]: event for event in sorted(events, key=lambda event: event.version)}
    rows = [
        {
            "customer_id": customer_id,
            "survivor_id": event.data["survivor"]["customer_id"]
            if event.type == CustomerMerged.TYPE
            else None,
            "version": event.version,
        }
        for customer_id, event in sorted(newest.items())
    ]
    await tx.execute(LED, dumps(rows).decode())
