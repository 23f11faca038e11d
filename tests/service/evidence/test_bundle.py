"""The evidence bundle: complete, verifiable without a server, and nothing in it can be changed unnoticed."""

import base64
import hashlib
import json
import subprocess
import sys
import zipfile

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.audit import checkpoint, timeline
from service.audit.checkpoint import signing_key
from service.db import db, transaction
from service.errors import Forbidden, Invalid, NotFound
from service.evidence import offline
from service.evidence.commands import ExportEvidence, export_evidence
from service.evidence.reader import Reader
from tests.flows.hiring import acting
from tests.service.evidence.conftest import Files


def lines(files: Files) -> list[dict]:
    return [json.loads(line) for line in files[offline.EVENTS].splitlines()]


def test_a_bundle_verifies_with_nothing_but_its_own_program(case, export, zipped, tmp_path):
    files = export(case)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", zipped(files)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "ok", "")
    assert f"{len(files) - 2} files, {len(lines(files))} events" in done.stdout


def test_it_holds_the_rules_the_files_and_the_record(case, export):
    files = export(case)
    assert {"definition/flow.bpmn", "definition/hiring-route.dmn", "definition/hiring-demand.form"} <= {
        name.replace("forms/", "") for name in files
    }
    (paper,) = json.loads(files["attachments/index.json"])
    assert (paper["name"], files[paper["file"]][:5]) == ("纪要.pdf", b"%PDF-")
    signers = {event["actor_id"] for event in lines(files) if event["kind"] == "task.signed"}
    assert signers <= set(json.loads(files["names.json"]))
    assert json.loads(files["variables.json"])["need"] == "退休 2 人"
    opinions = [json.loads(event["body"]).get("opinion") for event in lines(files) if event["kind"] == "task.signed"]
    assert "岗位不足" in opinions


def test_everything_up_to_the_checkpoint_is_signed_and_later_events_are_told_apart(case, export, zipped, driver):
    result = offline.verify(zipped(export(case)))
    assert result.problems == []
    assert result.sealed == result.events
    again = offline.verify(zipped(export(case)))
    assert (again.events, again.sealed, again.problems) == (result.events + 1, result.sealed, [])


def test_a_checkpoint_that_signed_several_heads_is_found_on_both_databases(any_app, clock, export_of):
    driver = acting.county(clock)
    case = acting.start(driver, count=1)
    checkpoint.seal(driver.now)
    acting.start(driver, count=1)
    files = export_of(driver, case)
    heads = json.loads(files[offline.CHECKPOINTS].split(b"\t")[0])["heads"]
    assert [f"instance:{case.id}"] == [stream for stream, _, _ in heads if stream == f"instance:{case.id}"]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_a_changed_byte_in_any_file_is_found(case, export, zipped):
    files = export(case)
    for name, content in files.items():
        if content:
            assert offline.verify(zipped({**files, name: flipped(content)})).problems, name


def test_a_damaged_archive_is_a_finding_and_never_an_exception(case, export, tmp_path):
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(damaged, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in export(case).items():
            archive.writestr(name, content)
    whole = damaged.read_bytes()
    for at in range(0, len(whole), len(whole) // 200):
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        offline.verify(str(damaged))
        damaged.write_bytes(whole[:at])
        assert offline.verify(str(damaged)).problems, at


def test_a_file_taken_out_or_put_in_is_named(case, export, zipped):
    files = export(case)
    assert (
        "README.txt is missing"
        in offline.verify(zipped({k: v for k, v in files.items() if k != "README.txt"})).problems
    )
    assert "more.txt does not belong here" in offline.verify(zipped({**files, "more.txt": b"x"})).problems


def resigned(files: Files, key: Ed25519PrivateKey) -> Files:
    """The files with a manifest that fits them, as a forger with another key would make it."""
    manifest = json.loads(files[offline.MANIFEST])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in (offline.MANIFEST, offline.SIGNATURE)
    }
    manifest["public_key"] = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signed = orjson.dumps(manifest)
    return {**files, offline.MANIFEST: signed, offline.SIGNATURE: key.sign(signed)}


def forged(files: Files, change) -> Files:
    told = lines(files)
    change(told)
    return {**files, offline.EVENTS: b"".join(orjson.dumps(event) + b"\n" for event in told)}


def other_body(told):
    told[3]["body"] = json.dumps({"opinion": "同意"}) if "body" in told[3] else "{}"


def other_time(told):
    told[2]["at"] = "2026-01-01T00:00:00.000000+00:00"


def one_less(told):
    del told[-1]


def swapped(told):
    told[1], told[2] = told[2], told[1]


@pytest.mark.parametrize("change", [other_body, other_time, one_less, swapped])
def test_a_forger_with_another_key_is_found_by_chain_or_checkpoint(case, export, zipped, change):
    files, key = export(case), Ed25519PrivateKey.generate()
    fingerprint = offline.verify(zipped(files)).fingerprint
    result = offline.verify(zipped(resigned(forged(files, change), key)))
    assert result.problems
    assert result.fingerprint != fingerprint


def test_the_same_key_does_not_cover_a_rewritten_chain(case, export, zipped, app):
    """Whoever holds the key and rewrites the record still contradicts the checkpoint that is out of the house."""

    def rewritten(told):
        previous = bytes(32)
        told[4]["at"] = "2026-01-01T00:00:00.000000+00:00"
        for event in told:
            event["hash"] = offline.link(f"instance:{case.id}", event, previous).hex()
            previous = bytes.fromhex(event["hash"])

    key = signing_key(app.extensions["lectern.settings"])
    result = offline.verify(zipped(resigned(forged(export(case), rewritten), key)))
    assert result.problems == [f"event {result.events} is not the one that was signed"]


def test_an_erased_event_stays_provable(case, export, zipped, driver):
    with transaction() as session:
        timeline.redact(session, f"instance:{case.id}", 2, actor_id="x", reason="删除请求", at=driver.now)
    result = offline.verify(zipped(export(case)))
    assert (result.erased, result.problems) == (1, [])


def test_what_the_receiver_may_not_read_is_withheld_and_the_chain_still_holds(case, export, zipped, monkeypatch):
    monkeypatch.setattr(Reader, "is_shown", lambda self, kind, element_id, body: kind != "task.signed")
    files = export(case)
    assert "岗位不足" not in files[offline.EVENTS].decode()
    result = offline.verify(zipped(files))
    assert result.problems == []
    assert result.withheld == sum(event["kind"] == "task.signed" for event in lines(files))


def test_the_export_is_recorded_with_its_reason_before_it_is_handed_over(case, export):
    export(case, "auditor")
    last = timeline.latest(db.session(), f"instance:{case.id}", limit=1)[0]
    assert (last.kind, last.body) == ("evidence.exported", {"reason": "行政复议"})


def test_only_bureau_and_auditor_take_evidence_out(case, driver):
    for who, refusal in (("s01.principal", Forbidden), ("s02.principal", NotFound), ("staffing.office", Forbidden)):
        with pytest.raises(refusal):
            export_evidence(driver.actor(who), ExportEvidence(case.id, "x"), now=driver.now)
    with pytest.raises(Invalid) as empty:
        export_evidence(driver.actor("bureau.chief"), ExportEvidence(case.id, "  "), now=driver.now)
    assert empty.value.code == "reason.missing"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_bundle_is_told_and_never_raises(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    assert "not a readable bundle" in offline.verify(str(tmp_path / "x.zip")).problems[0]


def test_a_later_format_is_told(case, export, zipped):
    files = export(case)
    manifest = json.loads(files[offline.MANIFEST]) | {"format": 2}
    problems = offline.verify(zipped({**files, offline.MANIFEST: orjson.dumps(manifest)})).problems
    assert problems == ["format 2 is not 1: use the verify.py of the bundle"]
