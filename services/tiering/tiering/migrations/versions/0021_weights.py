"""What the rows of a usage file weigh."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "014_weights.sql").read_text(encoding="utf-8"))
