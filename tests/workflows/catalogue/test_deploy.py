"""Deploying: content-addressed files, exact manifests, versions, one at a time."""

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from service.db import db, transaction
from tests.workflows.catalogue.folders import CALLED, CALLER, FORM, TABLE, caller, decided, simple
from workflows import catalogue
from workflows.errors import Invalid, NotFound
from workflows.models import ProcessDefinition, Resource

NOW = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)


def deploy(files, name="deploy"):
    with transaction() as session:
        return getattr(catalogue, name)(session, files, now=NOW)


def stored():
    return db.session.scalar(select(func.count()).select_from(Resource))


@pytest.mark.usefixtures("any_app")
def test_manifest_names_every_file_with_its_sha_256():
    files = {"flow.bpmn": simple(), "forms/a.form": FORM, "flow.toml": b'[flow]\nname = "Leave"\n'}
    row = deploy(files)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert row.manifest == {
        "bpmn": {"flow.bpmn": sums["flow.bpmn"]},
        "dmn": {},
        "form": {"forms/a.form": sums["forms/a.form"]},
        "toml": {"flow.toml": sums["flow.toml"]},
    }
    assert (row.key, row.version, row.name, row.state, row.deployed_at) == ("leave", 1, "Leave", "active", NOW)


@pytest.mark.usefixtures("any_app")
def test_same_files_again_are_the_same_version_and_store_nothing():
    first = deploy({"flow.bpmn": simple(), "a.form": FORM})
    before = stored()
    again = deploy({"a.form": FORM, "flow.bpmn": simple()})
    assert again.id == first.id
    assert stored() == before == 2


@pytest.mark.usefixtures("any_app")
def test_changed_file_is_the_next_version_and_shares_the_unchanged_ones():
    first = deploy({"flow.bpmn": simple(), "a.form": FORM})
    second = deploy({"flow.bpmn": simple("b"), "a.form": FORM})
    assert (second.version, stored()) == (2, 3)
    assert second.manifest["form"] == first.manifest["form"]
    assert catalogue.latest(db.session(), "leave").id == second.id


@pytest.mark.usefixtures("any_app")
def test_going_back_to_old_files_is_a_new_version():
    first = deploy({"flow.bpmn": simple()})
    deploy({"flow.bpmn": simple("b")})
    third = deploy({"flow.bpmn": simple()})
    assert (third.version, third.checksum) == (3, first.checksum)


@pytest.mark.usefixtures("any_app")
def test_called_process_and_its_tables_come_from_the_library_transitively():
    library = {"hire.bpmn": decided(), "route.dmn": TABLE, "unused.form": FORM, "flow.toml": b'[names.en]\nd = "D"\n'}
    deploy(library, "deploy_library")
    row = deploy({"flow.bpmn": caller("called")})
    assert set(row.manifest["bpmn"]) == {"flow.bpmn", "shared/hire.bpmn"}
    assert set(row.manifest["dmn"]) == {"shared/route.dmn"}
    assert set(row.manifest["toml"]) == {"shared/flow.toml"}
    assert row.manifest["form"] == {}, "what nobody refers to is not pinned"


@pytest.mark.usefixtures("any_app")
def test_new_library_reaches_a_flow_only_when_it_is_published_again():
    deploy({"hire.bpmn": CALLED}, "deploy_library")
    before = deploy({"flow.bpmn": CALLER})
    deploy({"hire.bpmn": CALLED.replace(b'name="Work"', b'name="Other work"')}, "deploy_library")
    assert catalogue.get(db.session(), before.id).files["shared/hire.bpmn"] == CALLED
    after = deploy({"flow.bpmn": CALLER})
    assert after.version == 2
    assert after.manifest["bpmn"]["flow.bpmn"] == before.manifest["bpmn"]["flow.bpmn"]
    assert after.manifest["bpmn"]["shared/hire.bpmn"] != before.manifest["bpmn"]["shared/hire.bpmn"]


@pytest.mark.usefixtures("any_app")
def test_called_flow_of_another_folder_is_pinned_under_its_key():
    deploy({"other.bpmn": CALLED, "called.form": FORM})
    row = deploy({"flow.bpmn": CALLER})
    assert set(row.manifest["bpmn"]) == {"flow.bpmn", "called/other.bpmn"}


@pytest.mark.usefixtures("any_app")
def test_unresolved_call_is_refused_and_nothing_is_stored():
    with pytest.raises(Invalid) as refused:
        deploy({"flow.bpmn": CALLER})
    assert refused.value.code == "deployment.unresolved"
    assert [fault.path for fault in refused.value.faults] == ["process:called"]
    assert stored() == 0


@pytest.mark.usefixtures("app")
def test_file_of_an_unknown_kind_is_refused():
    with pytest.raises(Invalid, match=r"deployment\.file"):
        deploy({"flow.bpmn": simple(), "tool.exe": b""})


@pytest.mark.usefixtures("app")
def test_folder_with_two_executable_processes_needs_a_key():
    files = {"flow.bpmn": simple(), "hire.bpmn": CALLED}
    with pytest.raises(Invalid, match=r"deployment\.process"):
        deploy(files)
    assert deploy({**files, "flow.toml": b'[flow]\nkey = "leave"\n'}).key == "leave"


@pytest.mark.usefixtures("app")
def test_library_is_no_definition_that_can_be_started():
    library = deploy({"hire.bpmn": CALLED}, "deploy_library")
    with pytest.raises(NotFound):
        catalogue.get(db.session(), library.id)
    with pytest.raises(NotFound):
        catalogue.latest(db.session(), library.key)


def test_ten_at_once_make_ten_versions_without_a_gap(any_app):
    def work(number):
        with any_app.app_context():
            versions.append(deploy({"flow.bpmn": simple(f"t{number}")}).version)
            db.session.remove()

    versions = []
    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == list(range(1, 11))
    assert db.session.scalar(select(func.count()).select_from(ProcessDefinition)) == 10
