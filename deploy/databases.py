"""Roles and databases of the services, made by the superuser of the embedded server."""

import subprocess

from deploy.keys import Keys
from deploy.layout import SERVICES, Service
from deploy.postgres import SUPERUSER, Postgres
from deploy.refusal import Refused

DATABASE_SHAPE = "ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C.UTF-8' TEMPLATE template0"


def sql(postgres: Postgres, keys: Keys, script: str, database: str = SUPERUSER) -> list[str]:
    """Run a psql script as the superuser and give its output lines; raises on the first error."""
    done = subprocess.run(
        [str(postgres.programs / "psql"), "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=script,
        text=True,
        capture_output=True,
        check=False,
        env={
            "PGHOST": str(postgres.layout.postgres_socket),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": keys.superuser,
            "PGDATABASE": database,
        },
    )
    if done.returncode:
        raise Refused(
            "PostgreSQL 拒绝了准备语句(见上)。",
            "PostgreSQL refused a preparing statement (see above).",
            done.stderr,
        )
    return done.stdout.splitlines()


def accepts(postgres: Postgres) -> bool:
    """Tell whether the server takes connections."""
    command = [str(postgres.programs / "pg_isready"), "-q", "-h", str(postgres.layout.postgres_socket)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def role_script(service: Service, keys: Keys) -> str:
    """Give the statements for the three roles of a service: owner, app (scoped), worker (sees all)."""
    lines = []
    for role, rights in (("owner", "NOBYPASSRLS"), ("app", "NOBYPASSRLS"), ("worker", "BYPASSRLS")):
        name = f"{service.database}_{role}"
        lines.append(
            f"SELECT 'CREATE ROLE {name}' "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec"
        )
        lines.append(f"ALTER ROLE {name} LOGIN {rights} PASSWORD '{keys.roles[name]}';")
    lines.append(f"GRANT {service.database}_worker TO {service.database}_owner;")
    lines.append(f"ALTER ROLE {service.database}_app SET lock_timeout = '5s';")
    lines.append(f"ALTER ROLE {service.database}_app SET statement_timeout = '30s';")
    return "\n".join(lines)


def furnish_script(database: str, service: Service) -> str:
    """Give the statements for a new database: rights, then the extension as the sign that all is there."""
    roles = ", ".join(f"{service.database}_{role}" for role in ("app", "worker"))
    return f"""
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {roles};
GRANT CREATE, USAGE ON SCHEMA public TO {service.database}_worker;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
"""


def make_databases(postgres: Postgres, keys: Keys) -> None:
    """Make the roles and databases of all services, as far as they are missing or unfinished."""
    present = set(sql(postgres, keys, "SELECT datname FROM pg_database"))
    for service in SERVICES.values():
        database = service.database
        if database in present and sql(
            postgres, keys, "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'", database
        ):
            continue
        sql(postgres, keys, role_script(service, keys))
        if database not in present:
            sql(postgres, keys, f"CREATE DATABASE {database} OWNER {database}_owner {DATABASE_SHAPE}")
        sql(postgres, keys, furnish_script(database, service), database)
