"""One truth of the class rules, set-based, with its explanations."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "006_rating.sql").read_text(encoding="utf-8"))
