"""The number rule finds what is planted, and leaves alone what is structure."""

from pathlib import Path

import pytest

from architecture.business_numbers import findings, module_findings

POLICY = Path("services/registry/registry/policies.py")
API = Path("services/registry/registry/api.py")
API_FOLDER = Path("services/registry/registry/api/claims.py")


@pytest.mark.parametrize(
    "source",
    [
        "days = 3",
        "share = 0.5",
        "bound = 10_000",
        "lowest = -2",
        "def window(days: int = 30) -> int: return days",
        "limit = Decimal('5000')",
        "limit = Decimal('0.20')",
        "share = '20%'",
        "end = start + timedelta(days=2)",
        "wait = 'P2D'",
        "wait = 'PT4H'",
        "if days > 7: ...",
        "sql = 'SELECT 1 FROM claim WHERE days > 30'",
        "sql = \"UPDATE claim SET until = until + interval '3 days'\"",
        "sql = \"select now() + interval '3 days'\"",
        "sql = f'SELECT a FROM {table} LIMIT 500'",
        "sql = f'SELECT {columns} FROM claim WHERE idle > {days} OR idle > 90'",
        "op.execute('ALTER TABLE claim ADD COLUMN days int DEFAULT 30')",
        "op.execute('CREATE TABLE x (share numeric(4, 3) CHECK (share <= 0.5))')",
        "cls: Literal[1, 2, 3, 4]",
        "name = parts[2]",
        "code = 404",
    ],
)
def test_a_business_number_in_a_policy_is_a_defect(source: str) -> None:
    assert module_findings(POLICY, source)


@pytest.mark.parametrize(
    "source",
    [
        "a, b, c = 0, 1, -1",
        "a = 1.0",
        "flag = True",
        "sql = 'INSERT INTO claim (a, b) VALUES ($1, $2)'",
        "sql = 'SELECT sha256($12), x::int8 FROM t1 LIMIT 1'",
        "sql = 'CREATE TABLE x (code char(14), money numeric(18, 2) DEFAULT 0)'",
        "sql = 'CREATE TABLE x (a int) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)'",
        "sql = 'SELECT format(\\'ORDER BY %2$s LIMIT %3$L\\', a, b, c)'",
        "column = Column('code', String(14))",
        "revision = '0002'",
        "'''A module that says 30 days.'''",
        "def f() -> None:\n    '''Gives the 3 best, from SELECT 3.'''",
        "text = f'{serial:07d}'",
        "text = 'utf-8'",
        "pattern = r'\\d{14}'",
    ],
)
def test_structure_is_no_business_number(source: str) -> None:
    assert module_findings(POLICY, source) == []


@pytest.mark.parametrize("path", [API, API_FOLDER])
@pytest.mark.parametrize(
    "source",
    [
        "@router.post('/v1/claims', status_code=201, responses=problems(400, 409))\ndef f() -> None: ...",
        "STATUSES = {CustomerTaken: 409, NotFound: 404}",
        "return_value = Answer(201, body)",
        "if answer.status_code == 304: ...",
        "CREATED = 201",
    ],
)
def test_http_codes_are_free_in_the_api(path: Path, source: str) -> None:
    assert module_findings(path, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "days = 200",
        "x = Answer(201, timedelta(days=200))",
        "f(limit=100)",
        "status_code = 60",
        "CREATED = 200",
    ],
)
def test_other_numbers_are_not_free_in_the_api(source: str) -> None:
    assert module_findings(API, source)


def test_settings_alone_are_left_out_and_sql_files_are_read(tmp_path: Path) -> None:
    package = tmp_path / "services" / "registry" / "registry"
    (package / "migrations").mkdir(parents=True)
    (package / "settings.py").write_text("page = 50\n")
    (package / "handlers.py").write_text("page = 50\n")
    (package / "migrations" / "001.sql").write_text(
        "-- 30 rows\nCREATE TABLE x (\n  days int DEFAULT 30\n);\n"
    )
    assert [str(finding) for finding in findings(tmp_path)] == [
        "services/registry/registry/handlers.py:1: 50",
        "services/registry/registry/migrations/001.sql:3: 30",
    ]
