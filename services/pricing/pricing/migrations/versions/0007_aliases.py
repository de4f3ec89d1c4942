"""Customers merged into others, and what they owe."""

from importlib import resources

from chassis.migrations import execute_script, extend_backbone

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was merged into whom, and let what is owed lead to the survivor."""
    extend_backbone("010_aliases.sql")
    folder = resources.files("pricing") / "migrations" / "sql"
    execute_script((folder / "002_aliases.sql").read_text(encoding="utf-8"))
