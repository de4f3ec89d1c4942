"""Which databases are behind the migrations of their service."""

from alembic.script import ScriptDirectory

from deploy.databases import sql
from deploy.keys import Keys
from deploy.layout import SERVICES, Service
from deploy.postgres import Postgres, wheel_folder

APPLIED = """
SELECT 'SELECT version_num FROM alembic_version' WHERE to_regclass('alembic_version') IS NOT NULL \\gexec
"""


def head(service: Service) -> str | None:
    """Give the newest revision of a service, or none where it has no migrations."""
    return ScriptDirectory(str(wheel_folder(service.package) / "migrations")).get_current_head()


def outdated(postgres: Postgres, keys: Keys) -> list[str]:
    """Give the services whose database is not at its newest revision; far quicker than migrating all."""
    return [
        name
        for name, service in SERVICES.items()
        if sql(postgres, keys, APPLIED, service.database) != [head(service)]
    ]
