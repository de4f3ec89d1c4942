"""Merges, and the history of customers, claims, assignments and organisations."""

from importlib import resources

from chassis.migrations import execute_script, extend_backbone

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    extend_backbone("010_aliases.sql")
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "008_merges.sql").read_text(encoding="utf-8"))
