"""Usage files loaded with less work."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "012_loading.sql").read_text(encoding="utf-8"))
