"""The clocks of a complaint are told from their start on."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the function."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "012_started.sql").read_text(encoding="utf-8"))
