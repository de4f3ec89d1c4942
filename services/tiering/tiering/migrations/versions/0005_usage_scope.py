"""Who sees a customer's figures, once customers are known."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the policy."""
    folder = resources.files("tiering") / "migrations" / "sql"
    execute_script((folder / "003_usage_scope.sql").read_text(encoding="utf-8"))
