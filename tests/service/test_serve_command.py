"""`lectern serve`: what it refuses to serve."""

from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from service.cli import main
from tests.processes import environment


def test_a_database_that_is_not_at_the_schema_of_this_version_is_not_served(app: Flask, tmp_path: Path) -> None:
    variables = environment(app.extensions["lectern.settings"])
    told = CliRunner().invoke(
        main, ["serve"], env={**variables, "LECTERN_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"}
    )
    assert told.exit_code == 1 and "lectern init" in told.output
