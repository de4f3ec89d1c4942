"""What hangs on a case: which files, by whom, since when; their content is asked for one by one."""

from typing import Any
from uuid import UUID

from chassis.transaction import Transaction
from service_desk.queries.readers import in_shanghai

ATTACHED = """
SELECT a.id, a.name, a.media_type, a.size, a.uploaded_at, a.uploaded_by, p.staff_no, p.name AS staff_name
FROM attachment a LEFT JOIN staff p ON p.staff_id::text = a.uploaded_by
WHERE a.subject = $1 ORDER BY a.uploaded_at, a.id
"""


async def of(tx: Transaction, case_type: str, case_id: UUID) -> list[dict[str, Any]]:
    """Give the attachments of a case, the earliest first."""
    return [
        {
            **{name: row[name] for name in ("id", "name", "media_type", "size")},
            "at": in_shanghai(row["uploaded_at"]),
            "actor": {
                "staff_id": row["uploaded_by"],
                "staff_no": row["staff_no"],
                "name": row["staff_name"],
            },
        }
        for row in await tx.fetch(ATTACHED, f"{case_type}:{case_id}")
    ]
