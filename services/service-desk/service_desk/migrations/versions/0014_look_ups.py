"""Phones looked up together."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the functions."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "011_look_ups.sql").read_text(encoding="utf-8"))
