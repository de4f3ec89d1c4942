"""Seats that work without a network, and callers."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "006_seats.sql").read_text(encoding="utf-8"))
