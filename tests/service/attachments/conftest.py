"""A school with a case, and those who may and may not see it."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from service.access.actor import Actor, HeldRole
from service.clock import SetClock
from service.db import transaction
from service.instances.models import ProcessCase
from service.people.models import Organisation, Person
from workflows.models import ProcessDefinition, ProcessInstance

CASE = "case-1"


def clerk(school: str) -> Actor:
    path = f"/b/{school}/"
    role = HeldRole("school_hr", school, "school", path)
    return Actor(f"a-{school}", f"p-{school}", f"{school} 人事", school, (role,))


@pytest.fixture
def world(any_app: Flask, clock: SetClock) -> Flask:
    with transaction() as session:
        for school in ("s01", "s02"):
            school_with_clerk(session, school, clock)
        session.flush()
        case(session, clock)
    return any_app


def school_with_clerk(session: Session, school: str, clock: SetClock) -> None:
    path = f"/b/{school}/"
    session.add(
        Organisation(id=school, path=path, kind="school", code=school, name=school, valid_from=date(2020, 1, 1))
    )
    session.add(Person(id=f"p-{school}", name=f"{school} 人事", created_at=clock.now()))


def case(session: Session, clock: SetClock) -> None:
    definition = {"key": "hiring", "version": 1, "name": "招聘", "state": "active", "checksum": "0", "manifest": {}}
    session.add(ProcessDefinition(id="d1", deployed_at=clock.now(), **definition))
    session.flush()
    state = {"state": "running", "version": 1, "tokens": b"", "variables": {}}
    session.add(ProcessInstance(id=CASE, definition_id="d1", started_at=clock.now(), **state))
    session.flush()
    told = {"definition_key": "hiring", "business_key": "ZP-2026-0001", "title": "招聘 3 人"}
    own = {"initiator_id": "p-s01", "organisation_id": "s01", "started_at": clock.now()}
    session.add(ProcessCase(instance_id=CASE, **told, **own))


@pytest.fixture
def contents(tmp_path: Path) -> Path:
    """The folder of contents of the application under test."""
    return tmp_path / "attachments"
