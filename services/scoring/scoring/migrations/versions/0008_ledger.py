"""What happened to each deadline, kept for good."""

from chassis.migrations import extend_backbone

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep a ledger of deadlines; let them pause and be counted anew."""
    extend_backbone("009_ledger.sql")
