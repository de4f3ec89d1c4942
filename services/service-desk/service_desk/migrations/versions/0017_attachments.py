"""Attachments hang on cases."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name their cases in one form, let them be read and erased with these."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "014_attachments.sql").read_text(encoding="utf-8"))
