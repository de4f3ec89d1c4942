"""Intakes written together by one statement a table."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the function."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "010_intakes.sql").read_text(encoding="utf-8"))
