"""The tables that every service has."""

from chassis.migrations import install_backbone

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    install_backbone()
