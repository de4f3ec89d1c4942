"""Disputes, their evidence, rulings and appeals."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "007_disputes.sql").read_text(encoding="utf-8"))
