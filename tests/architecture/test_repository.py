"""What is committed: no path of a machine, no address of a registry, no big file, nothing that a build makes."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.trees import HOUSE

LARGEST = 1_000_000  # bytes
REGISTRY = re.compile(
    r"https?://[^\s\"']*(registry\.npm|npmmirror|pypi\.|pythonhosted|crates\.io|proxy\.golang|maven)", re.IGNORECASE
)
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[\w.-]+/|[A-Z]:\\Users\\")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
BUILT = re.compile(r"(^|/)(node_modules|__pycache__|dist|\.venv)/|\.(mo|pyc|db)$")


def tracked() -> list[Path]:
    """Files that git knows; of an exported tree without git, nothing."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=False)
    return [HOUSE / name for name in listed.stdout.decode().split("\0") if name and (HOUSE / name).is_file()]


FILES = tracked()


@pytest.mark.skipif(not FILES, reason="not a git work tree")
def test_no_tracked_file_names_a_machine_a_registry_or_a_key() -> None:
    for path in FILES:
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        for forbidden in (REGISTRY, MACHINE, SECRET):
            found = forbidden.search(text)
            assert not found, f"{path.relative_to(HOUSE)}: {found.group() if found else ''}"


@pytest.mark.skipif(not FILES, reason="not a git work tree")
def test_no_big_and_no_built_file_is_tracked() -> None:
    for path in FILES:
        name = path.relative_to(HOUSE).as_posix()
        assert path.stat().st_size <= LARGEST, f"{name} is too big"
        assert not BUILT.search(name), f"{name} is built, not written"


def test_locks_name_no_address_at_all() -> None:
    for lock in (HOUSE / "package-lock.json", *(HOUSE / "requirements").glob("*.txt")):
        assert "://" not in lock.read_text(), f"{lock.name}: take the addresses out (npm writes `funding`)"


def test_every_requirement_is_locked_by_hash() -> None:
    for name in ("dev.txt", "run.txt"):
        text = (HOUSE / "requirements" / name).read_text()
        pinned = re.split(r"\n(?=\S)", text.replace("\\\n", "").strip())
        for line in pinned:
            assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", line), line
            assert "--hash=sha256:" in line, line


def test_what_runs_is_locked_to_the_versions_that_are_tested() -> None:
    versions = [
        dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (HOUSE / "requirements" / name).read_text(), re.M))
        for name in ("run.txt", "dev.txt")
    ]
    assert versions[0].items() <= versions[1].items()
