"""Customers as tiering knows them, their classes, and reviews."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "002_tiers.sql").read_text(encoding="utf-8"))
