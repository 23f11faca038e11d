"""The only commit: whole or nothing, and never two at once in a thread."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.db import db, transaction
from workflows.models import Resource


def resource(checksum: str) -> Resource:
    return Resource(checksum=checksum, kind="form", name="a.form", content=b"{}")


def count() -> int:
    found = db.session.scalar(select(func.count()).select_from(Resource)) or 0
    db.session.rollback()
    return found


def test_leaving_normally_commits(any_app: Flask) -> None:
    with transaction() as session:
        session.add(resource("a"))
    assert count() == 1


def test_leaving_by_an_exception_rolls_everything_back(any_app: Flask) -> None:
    with pytest.raises(KeyError), transaction() as session:
        session.add(resource("a"))
        session.flush()
        raise KeyError
    assert count() == 0


def test_a_command_cannot_call_another(any_app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="another command"), transaction():
        pass
    assert count() == 0
