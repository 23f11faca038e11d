"""Whatever file somebody sends, a dry run answers with findings that have a place, soon and in little memory.

Small here; LECTERN_PROVE=1 sends every odd file under each kind of name and thousands of damaged ones, those of the
folder LECTERN_CORPUS among them, and prints what it measured. LECTERN_PROVE_SEED begins elsewhere.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from service.access import sessions
from service.clock import SetClock
from service.db import transaction
from tests.proofs import odd
from tests.proofs.odd import raw
from tests.service.people import county

LONG = "LECTERN_PROVE" in os.environ
SEED = int(os.environ.get("LECTERN_PROVE_SEED", "1"))
DAMAGED = 6_000 if LONG else 60
AS_IS = 100_000 if LONG else 60
CPU_SECONDS, MEGABYTES = 4.0, 150
"""Of this process for one file; a server has 135 MB before the first, so that it stays below 300."""
WHOLE = frozenset(
    {"file.more_findings", "file.too_many_elements", "xml.too_many_parts", "process.none", "dialect.foreign_unused"}
)
"""Rules that speak of a file, though it can be read."""
UNREAD = ("xml.malformed", "xml.doctype", "xml.not_bpmn", "xml.too_large", "decision.namespace")


@pytest.fixture
def caller(app: Flask, clock: SetClock) -> FlaskClient:
    built = county.build()
    with transaction() as session:
        token = sessions.open_token(session, built.accounts["admin"], "bearer", timedelta(days=1), clock.now()).token
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def memory(key: str) -> float:
    """Megabytes that the process has (VmRSS) or has had at most since the peak was forgotten (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def forget_the_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def folders() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Folders to send: odd files as they are and under other kinds of names, then damaged ones."""
    plain = odd.plain()
    names = Random(SEED).sample(sorted(plain), min(AS_IS, len(plain)))
    yield from ((name, {"flow.bpmn": plain[name]}) for name in names)
    for ending in ("dmn", "form", "toml"):
        for name in names if LONG else names[:5]:
            yield f"{name} as {ending}", {"flow.bpmn": raw.PLAIN, f"flow.{ending}": plain[name]}
    place = os.environ.get("LECTERN_CORPUS")
    beside = {path.name: path.read_bytes() for path in Path(place).rglob("*.bpmn")} if place else {}
    yield from ((name, {"flow.bpmn": content}) for name, content in odd.changed(SEED, DAMAGED, beside))


def has_ids(content: bytes) -> bool:
    """Whether every process has an id, so that each finding inside can name an element."""
    processes = list(etree.fromstring(content).iter("{*}process"))
    return bool(processes) and all(process.get("id") for process in processes)


def placeless(finding: dict[str, object], files: dict[str, bytes]) -> str:
    """What a finding lacks of file, line, element and words."""
    content = files.get(str(finding["file"]), b"")
    line = finding["line"]
    if not finding["message"] or not finding["remedy"]:
        return "words"
    if not isinstance(line, int) or not 1 <= line <= len(content.splitlines()) + 1:
        return "line"
    rule = str(finding["rule"])
    if finding["element_id"] or not str(finding["file"]).endswith(".bpmn") or rule in WHOLE or rule in UNREAD:
        return ""
    return "element" if has_ids(content) else ""


def test_odd_and_damaged_files_are_answered_with_findings_that_have_a_place(caller: FlaskClient) -> None:
    answers, rules, lacking, worst = Counter[str](), Counter[str](), dict[str, str](), (0.0, "")
    answered = folders()
    first = next(answered)
    forget_the_peak()
    before = memory("VmRSS")
    for name, files in chain([first], answered):
        sent = {"files": [(BytesIO(content), file) for file, content in files.items()]}
        began = time.process_time()
        answer = caller.post("/api/v1/deployments?dry_run=true", data=sent, content_type="multipart/form-data")
        worst = max(worst, (time.process_time() - began, name))
        assert answer.status_code in (200, 422), (name, answer.status_code, answer.text[:300])
        found = answer.get_json()["findings"]
        assert answer.status_code == 200 or found, name
        answers[str(answer.status_code)] += 1
        rules.update({one["rule"] for one in found})
        lacking |= {f"{name} {one['rule']}": lack for one in found if (lack := placeless(one, files))}
    grown = memory("VmHWM") - before
    print(
        f"{dict(answers)} by {len(rules)} rules, worst {worst[0]:.2f} s ({worst[1]}), {grown:.0f} MB more, seed {SEED}"
    )
    assert lacking == {}
    assert worst[0] <= CPU_SECONDS, worst
    assert grown <= MEGABYTES
    assert len(rules) > 40
