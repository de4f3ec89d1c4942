"""Replays of the event log."""

from chassis.migrations import extend_backbone

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their table."""
    extend_backbone("005_replays.sql")
