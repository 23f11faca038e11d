"""The databases of the tests: what one test leaves does not reach the next."""

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.databases import Databases

pytestmark = pytest.mark.postgres


def asked(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last of some statements, which are committed."""
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as connection:
        found = None
        for statement in statements:
            found = connection.execute(statement.encode())
        return found.fetchall() if found is not None and found.description else []


ROWS = "SELECT (SELECT count(*) FROM organisation), (SELECT string_agg(version_num, ',') FROM alembic_version)"
SCHOOL = (
    "INSERT INTO organisation (id, path, kind, code, name, name_en, valid_from, version)"
    " VALUES ('s', '/s/', 'school', 's', 's', '', '2026-01-01', 1)"
)


def test_a_database_is_lent_again_without_what_a_test_wrote(postgres_databases: Databases) -> None:
    with postgres_databases.lent() as first:
        before = asked(first, ROWS)
        asked(first, SCHOOL, "UPDATE alembic_version SET version_num = 'wrong'")
        assert asked(first, ROWS) != before
    with postgres_databases.lent() as second:
        assert second == first
        assert asked(second, ROWS) == before


@pytest.mark.parametrize(
    "change", ["CREATE TABLE leak (id text)", "DROP TRIGGER IF EXISTS {0} ON {1}", "ALTER TABLE seat ADD leak text"]
)
def test_a_database_whose_shape_was_changed_is_never_lent_again(postgres_databases: Databases, change: str) -> None:
    with postgres_databases.lent() as first:
        triggers = asked(first, "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
        asked(first, change.format(*triggers[0]))
    with postgres_databases.lent() as second:
        assert second != first
