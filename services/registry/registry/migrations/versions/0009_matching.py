"""What a declaration is compared with, blind checks, groups of target markets."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "005_matching.sql").read_text(encoding="utf-8"))
