"""Customers merged into others."""

from chassis.migrations import extend_backbone

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was merged into whom."""
    extend_backbone("010_aliases.sql")
