"""Reading definitions: parsed once, shared by threads, with forms, decisions and merged settings."""

import threading
from datetime import UTC, datetime

import pytest

from service.db import db, transaction
from tests.statements import counted
from tests.workflows.catalogue.folders import FORM, TABLE, caller, decided, simple
from workflows import catalogue, definition
from workflows.errors import Invalid, NotFound
from workflows.settings import flaws, merged, read_settings

NOW = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)
TOML = b'[flow]\nkey = "leave"\nname = "Leave"\n[decisions.c]\nvalues = ["approve"]\n'


def deploy(files, name="deploy"):
    with transaction() as session:
        return getattr(catalogue, name)(session, files, now=NOW)


@pytest.mark.usefixtures("any_app")
def test_definition_holds_what_the_engine_and_the_pages_need():
    shared_toml = b'[flow]\nkey = "called"\n[decisions.c]\nneeds_reason = ["x"]\n[decisions.d]\nvalues = ["y"]\n'
    deploy({"hire.bpmn": decided(), "route.dmn": TABLE, "flow.toml": shared_toml}, "deploy_library")
    row = deploy({"flow.bpmn": caller("called"), "forms/a.form": FORM, "flow.toml": TOML})
    found = catalogue.get(db.session(), row.id)
    assert (found.id, found.key, found.version, found.name) == (row.id, "leave", 1, "Leave")
    assert found.spec.process_id == "leave"
    assert found.spec.elements["c"].kind == "callActivity"
    assert found.forms["leave-form"]["components"][0]["key"] == "reason"
    assert set(found.decisions) == {"route"}
    assert found.diagram == "flow.bpmn"
    assert found.xml == caller("called")
    assert found.settings["flow"] == {"key": "leave", "name": "Leave"}
    assert found.settings["decisions"] == {"c": {"values": ["approve"], "needs_reason": ["x"]}, "d": {"values": ["y"]}}


@pytest.mark.usefixtures("app")
def test_definition_is_read_from_the_database_once():
    row = deploy({"flow.bpmn": simple()})
    first = catalogue.get(db.session(), row.id)
    with counted() as statements:
        assert catalogue.get(db.session(), row.id) is first
    assert list(statements) == []


@pytest.mark.usefixtures("app")
def test_versions_of_the_same_files_share_what_was_parsed():
    first = catalogue.get(db.session(), deploy({"flow.bpmn": simple()}).id)
    deploy({"flow.bpmn": simple("b")})
    third = catalogue.get(db.session(), deploy({"flow.bpmn": simple()}).id)
    assert (third.id != first.id, third.version) == (True, 3)
    assert third.spec is first.spec


def test_threads_that_read_at_once_share_one_definition(any_app):
    row = deploy({"flow.bpmn": simple()})
    gate = threading.Barrier(8)

    def work():
        with any_app.app_context():
            gate.wait()
            found.append(catalogue.get(db.session(), row.id))
            db.session.remove()

    found = []
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(one is found[0] for one in found)


@pytest.mark.usefixtures("app")
def test_unknown_definition_is_not_found():
    with pytest.raises(NotFound):
        catalogue.get(db.session(), "0190a000-0000-7000-8000-000000000000")
    with pytest.raises(NotFound):
        catalogue.latest(db.session(), "nothing")


@pytest.mark.usefixtures("app")
def test_memory_keeps_a_bounded_number_of_definitions():
    cache = definition.Cache(size=2)
    kept = [catalogue.get(db.session(), deploy({"flow.bpmn": simple(f"t{i}")}).id) for i in range(3)]
    for one in kept:
        cache.add(one)
    assert [cache.get(one.id) for one in kept] == [None, kept[1], kept[2]]


def test_flow_toml_that_is_not_toml_is_refused_with_its_line():
    with pytest.raises(Invalid) as refused:
        read_settings("flow.toml", b'[flow]\nname = "x"\nkey = \n')
    assert refused.value.params["line"] == 3


def test_keys_that_the_format_does_not_know_are_named_by_their_path():
    given = {"flow": {"key": "x", "colour": "red"}, "start": {"roles": "hr"}, "decisions": {"a": {"values": ["v"]}}}
    assert [(flaw.path, flaw.expected) for flaw in flaws(given)] == [
        ("flow.colour", None),
        ("start.roles", "list of texts"),
    ]


def test_first_settings_have_the_say_and_others_fill_gaps():
    own = {"flow": {"key": "a"}, "names": {"en": {"x": "X"}}}
    shared = {"flow": {"key": "b", "name": "B"}, "names": {"en": {"x": "no", "y": "Y"}}, "start": {"form": "f"}}
    assert merged([own, shared]) == {"flow": {"key": "a"}, "names": {"en": {"x": "X", "y": "Y"}}}
