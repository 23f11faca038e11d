"""Alembic is the only way a schema comes to be: empty → head is what the models say, and back to nothing (both)."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade
from sqlalchemy import CheckConstraint, Engine, inspect, text

from service.db import db
from service.schema import _heads, attach, is_at_head, upgrade
from workflows.base import Base, Instant

VERSIONS = "alembic_version"


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {VERSIONS}


def differences(engine: Engine) -> list[Any]:
    """What a new migration would have to do."""
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def checks(engine: Engine) -> set[tuple[str, str]]:
    """(table, name) of the check constraints; Alembic does not compare them."""
    found = inspect(engine)
    return {(name, str(check["name"])) for name in tables(engine) for check in found.get_check_constraints(name)}


def declared_checks() -> set[tuple[str, str]]:
    return {
        (table.name, str(constraint.name))
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


def test_head_is_what_the_models_say(any_app: Flask) -> None:
    assert is_at_head()
    db.session.rollback()
    assert tables(db.engine) == set(Base.metadata.tables)
    assert differences(db.engine) == []


def test_every_check_constraint_of_the_models_is_in_the_database(any_app: Flask) -> None:
    assert declared_checks()
    assert checks(db.engine) == declared_checks()


def test_moments_have_a_zone_on_postgresql(postgres_app: Flask) -> None:
    found = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        kinds = {column["name"]: column["type"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if isinstance(column.type, Instant):
                assert kinds[column.name].timezone, f"{table.name}.{column.name}"


def test_a_difference_would_be_seen(any_app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE incident ADD COLUMN forgotten INTEGER"))
    assert [difference[0] for difference in differences(db.engine)] == ["remove_column"]


def test_down_to_nothing_and_up_again_is_the_same(any_app: Flask) -> None:
    attach()
    db.session.remove()
    downgrade(revision="base")
    assert tables(db.engine) == set()
    upgrade()
    assert differences(db.engine) == []
    assert checks(db.engine) == declared_checks()


def test_keys_are_looked_at_again_on_sqlite_after_a_migration_that_failed(app: Flask) -> None:
    attach()
    db.session.remove()
    driver = db.engine.raw_connection()
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute(
        "INSERT INTO exchange_wish (entry_id, number, opening_id, declined, reason) VALUES ('-', 1, '-', 0, '')"
    )
    driver.commit()
    driver.execute("PRAGMA foreign_keys=ON")
    driver.close()
    with pytest.raises(SystemExit):
        downgrade(revision="-1")
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_there_is_one_line_of_migrations(app: Flask) -> None:
    script = ScriptDirectory(current_app.config["MIGRATIONS"])
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    assert _heads(current_app.config["MIGRATIONS"]) == set(script.get_heads()), "as a start reads them, from the text"
