"""What attachments hang on: a complaint, a compensation or a service request."""

from chassis.transaction import Transaction
from contracts.values import code_and_id

SUBJECT = "SELECT subject FROM subjects_of($1, $2, $3)"


async def hung_on(tx: Transaction, named: str) -> str | None:
    """Give the case that is meant as `type:id`, None where the caller sees none; its number or id is enough."""
    of_type, _, reference = named.strip().rpartition(":")
    subject: str | None = await tx.fetchval(SUBJECT, of_type, *code_and_id(reference))
    return subject
