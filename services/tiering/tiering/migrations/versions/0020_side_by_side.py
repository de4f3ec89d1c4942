"""Portions of usage files written side by side."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "013_side_by_side.sql").read_text(encoding="utf-8"))
