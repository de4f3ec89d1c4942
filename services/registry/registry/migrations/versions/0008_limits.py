"""Limits of what is told."""

from chassis.migrations import extend_backbone

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Refuse an event that the broker would refuse where it is announced."""
    extend_backbone("008_limits.sql")
