"""Corrections of published reviews."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "009_corrections.sql").read_text(encoding="utf-8"))
