"""What scoring heard, and scores as published."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    folder = resources.files("scoring") / "migrations" / "sql"
    execute_script((folder / "001_scores.sql").read_text(encoding="utf-8"))
