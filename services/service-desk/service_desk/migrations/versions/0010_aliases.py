"""Customers merged into others."""

from importlib import resources

from chassis.migrations import execute_script, extend_backbone

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was merged into whom, and let callers lead to the survivor."""
    extend_backbone("010_aliases.sql")
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "009_aliases.sql").read_text(encoding="utf-8"))
