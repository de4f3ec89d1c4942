"""The backbone, customers, declarations, claims and assignments."""

from importlib import resources

from chassis.migrations import execute_script, install_backbone

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    install_backbone()
    folder = resources.files("registry") / "migrations" / "sql"
    execute_script((folder / "001_registry.sql").read_text(encoding="utf-8"))
