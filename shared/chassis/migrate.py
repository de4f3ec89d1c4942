"""`python -m chassis.migrate`: bring the database of the configured service to its newest revision."""

from importlib import resources

from alembic import command
from alembic.config import Config

from chassis.settings import Settings


def main() -> None:
    """Run the service's migrations; running them again changes nothing."""
    settings = Settings()
    package = settings.service.replace("-", "_")
    config = Config()
    config.set_main_option("script_location", str(resources.files(package) / "migrations"))
    command.upgrade(config, "head")


if __name__ == "__main__":
    main()
