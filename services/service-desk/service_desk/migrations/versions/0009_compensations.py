"""Compensations to their end, settlements between units, service requests."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "008_compensations.sql").read_text(encoding="utf-8"))
