"""What-ifs: drafts of the law over the real figures, saved."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script of this revision."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "008_what_ifs.sql").read_text(encoding="utf-8"))
