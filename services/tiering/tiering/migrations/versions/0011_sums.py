"""Fees summed by customer and year."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "005_sums.sql").read_text(encoding="utf-8"))
