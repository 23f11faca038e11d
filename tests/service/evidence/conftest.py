"""A decided case of the hiring county, and ways to take a bundle apart and put it together again."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from service.audit import checkpoint
from service.db import db
from service.evidence import bundle
from service.evidence.commands import ExportEvidence, export_evidence
from tests.flows.hiring import acting

Files = dict[str, bytes]


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


@pytest.fixture
def case(driver):
    """Asked for, reviewed, refused; signed by a checkpoint."""
    found = acting.reviewed(acting.start(driver, count=1))
    found.complete("filing", "bureau.hr", "object", opinion="岗位不足")
    checkpoint.seal(driver.now)
    return found


@pytest.fixture
def export_of() -> Callable[..., Files]:
    def run(driver, case, who: str = "bureau.chief") -> Files:
        actor, target = driver.actor(who), BytesIO()
        upto = export_evidence(actor, ExportEvidence(case.id, "行政复议"), now=driver.now)
        bundle.write(actor, case.id, bundle.Parts(upto, {"sheet.html": b"<p>sheet</p>"}), target, now=driver.now)
        db.session.rollback()
        with zipfile.ZipFile(target) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return run


@pytest.fixture
def export(driver, export_of) -> Callable[..., Files]:
    return lambda case, who="bureau.chief": export_of(driver, case, who)


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[Files], str]:
    def run(files: Files) -> str:
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return str(path)

    return run
