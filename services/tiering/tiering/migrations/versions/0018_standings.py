"""Places in a bureau, kept ready."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "011_standings.sql").read_text(encoding="utf-8"))
