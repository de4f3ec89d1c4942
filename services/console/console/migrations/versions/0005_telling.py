"""Steps of deadlines told by joins, and a lighter event log."""

from chassis.migrations import extend_backbone

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the functions."""
    extend_backbone("007_telling.sql")
