"""Customer files, visits and symposia."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "003_care.sql").read_text(encoding="utf-8"))
