"""Customers merged into others."""

from chassis.migrations import extend_backbone

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was merged into whom."""
    extend_backbone("010_aliases.sql")
