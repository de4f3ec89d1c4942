"""Rebuilds of projections."""

from chassis.migrations import extend_backbone

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their table, and the schema that they are made in."""
    extend_backbone("006_rebuilds.sql")
