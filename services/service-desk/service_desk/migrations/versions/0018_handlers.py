"""Whoever a complaint went up to stays a handler; the verdict of a later cycle is a level up."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and fill them where cases went up."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "015_handlers.sql").read_text(encoding="utf-8"))
