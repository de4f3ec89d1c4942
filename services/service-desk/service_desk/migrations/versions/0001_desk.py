"""The backbone, customers as the desk knows them, complaints and compensations."""

from importlib import resources

from chassis.migrations import execute_script, install_backbone

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCRIPTS = ("001_customers.sql", "002_cases.sql", "003_callers.sql", "004_intake.sql")


def upgrade() -> None:
    """Create everything."""
    install_backbone()
    folder = resources.files("service_desk") / "migrations" / "sql"
    for script in SCRIPTS:
        execute_script((folder / script).read_text(encoding="utf-8"))
