"""What a declaration is compared with, blind checks, groups of target markets."""

from importlib import resources

import sqlalchemy as sa
from alembic import op

from chassis.migrations import execute_script
from registry.model.customers import Nature
from registry.policies.blocking import match_keys
from registry.policies.likeness import Identity

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KNOWN = "SELECT customer_id, name, nature, credit_code, phone_keys, address, division FROM customer"


def upgrade() -> None:
    """Create it, and give the customers that are there their keys."""
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "005_matching.sql").read_text(encoding="utf-8"))
    connection = op.get_bind()
    # The owner is under row-level security like everybody: the whole tree is its scope for this.
    connection.execute(sa.text("SELECT set_config('keypost.scope', 'CN', true)"))
    for row in connection.execute(sa.text(KNOWN)).mappings().all():
        identity = Identity(
            row["name"],
            Nature(row["nature"]),
            row["credit_code"],
            frozenset(row["phone_keys"]),
            row["address"],
            row["division"],
        )
        connection.execute(
            sa.text("UPDATE customer SET match_keys = :keys WHERE customer_id = :id"),
            {"keys": match_keys(identity), "id": row["customer_id"]},
        )
