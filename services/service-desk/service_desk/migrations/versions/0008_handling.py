"""Handlers, transfers, cycles, pauses, linked complaints."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "007_handling.sql").read_text(encoding="utf-8"))
