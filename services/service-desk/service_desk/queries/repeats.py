"""Complaints that repeat an earlier one, as people read it."""

from typing import Any
from uuid import UUID

import orjson

from chassis.transaction import Transaction

EARLIER = """
SELECT e.case_no, e.received_at, r.because::text AS because FROM complaint_repeat r JOIN complaint e ON e.id = r.earlier_id
WHERE r.complaint_id = $1
"""

LATER = """
SELECT c.case_no FROM complaint_repeat r JOIN complaint c ON c.id = r.complaint_id
WHERE r.earlier_id = $1 ORDER BY c.received_at, c.id
"""


async def of(tx: Transaction, complaint_id: UUID) -> dict[str, Any]:
    """Give the earlier complaint that one repeats, and the later ones that repeat it, as far as the reader sees them."""
    earlier = await tx.fetchrow(EARLIER, complaint_id)
    later = [row["case_no"] for row in await tx.fetch(LATER, complaint_id)]
    found = {"case_no": earlier["case_no"], "because": orjson.loads(earlier["because"])} if earlier else None
    return {"repeats": found, "repeated_by": later}
