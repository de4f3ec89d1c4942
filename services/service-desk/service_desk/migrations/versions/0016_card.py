"""Clocks say whether a day is only expected; the card has every open case; two letters find."""

from importlib import resources

from chassis.migrations import execute_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the functions and add the index."""
    folder = resources.files("service_desk") / "migrations" / "sql"
    execute_script((folder / "013_card.sql").read_text(encoding="utf-8"))
