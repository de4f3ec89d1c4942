"""Use of claims: progress, renewal, idleness; development cases and projects."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "006_development.sql").read_text(encoding="utf-8"))
