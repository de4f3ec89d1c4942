"""Deadlines and events of many at once."""

from chassis.migrations import extend_backbone

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the functions."""
    extend_backbone("011_bursts.sql")
