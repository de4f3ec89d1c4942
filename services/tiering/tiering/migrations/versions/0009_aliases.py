"""Customers merged into others: who was, and whose figures count for whom."""

from importlib import resources

from chassis.migrations import execute_script, extend_backbone

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was merged into whom, and let sums lead to the survivor."""
    extend_backbone("010_aliases.sql")
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "004_aliases.sql").read_text(encoding="utf-8"))
