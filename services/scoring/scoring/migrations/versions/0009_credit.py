"""Revenue divided by rulings."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who is credited with it."""
    folder = resources.files("scoring") / "migrations" / "sql"
    execute_script((folder / "002_credit.sql").read_text(encoding="utf-8"))
