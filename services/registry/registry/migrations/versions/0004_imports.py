"""Workbooks of forms as they were taken in."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "004_imports.sql").read_text(encoding="utf-8"))
