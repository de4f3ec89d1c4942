"""Classes as tiering tells them."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the customer's class follow."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "005_classes.sql").read_text(encoding="utf-8"))
