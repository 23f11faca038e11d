"""The bundle installed where there is no network, also over what a version has left, and built into a container:
`make bundle`, then `make prove`.

The container needs buildah, a base image (LECTERN_CONTAINER_BASE) in its storage (LECTERN_CONTAINER_ROOT, else the
usual one), and Debian's packages.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import requests

from service.clock import SetClock
from tests.conftest import KEY, START, opened
from tests.golden.test_database import DUMPS, restored, states
from tests.service.channels.mailhouse import free_port

HOUSE = Path(__file__).resolve().parents[3]
BUNDLES = sorted((HOUSE / "build").glob("lectern-*.tar.gz"))
pytestmark = pytest.mark.skipif(
    "LECTERN_PROVE" not in os.environ or not BUNDLES or os.geteuid() != 0,
    reason="needs make prove, a bundle (make bundle) and root",
)
LONG = pytest.mark.timeout(1800)
BASE = os.environ.get("LECTERN_CONTAINER_BASE", "")
GIVEN = {
    "LECTERN_SECRET_KEY": "a secret of the tests", "LECTERN_FIELD_KEYS": KEY, "LECTERN_SIGNING_KEY": KEY,
    "LECTERN_ADMIN_PASSWORD": "a long enough one",
}  # fmt: skip
ISOLATED = {"BUILDAH_ISOLATION": "chroot", **os.environ}
INSTALLED = """
set -e
! python3 -c 'import socket; socket.create_connection(("1.1.1.1", 53), 2)' 2>/dev/null
cd {folder} && ./install.sh {place}
"""
ALONE = """
set -e
ip link set lo up
export PATH={place}/current/bin:$PATH
trap 'kill $server 2>/dev/null || true' EXIT
cd /
serving() {{
  lectern serve --port 8000 & server=$!
  for n in $(seq 120); do sleep 0.5; curl -fsS http://127.0.0.1:8000/readyz >/dev/null 2>&1 && break; done
  curl -fsS http://127.0.0.1:8000/login | grep -q csrf_token
}}
stopped() {{ kill $server; wait $server || true; }}
"""
MADE = """
lectern init
lectern create-admin admin
lectern deploy --shared {place}/current/bpmn/shared
lectern deploy {place}/current/bpmn/hiring
serving
lectern backup {place}/backups
stopped
lectern verify-audit
"""
UPGRADED = """
lectern backup {backups} || test $? = 1
lectern init
lectern deploy {place}/current/bpmn
serving
lectern doctor || true
stopped
lectern verify-audit
echo upgraded
lectern restore --replace {backups}/* || test $? = 1
lectern verify-audit
echo back
"""
SERVED = """
serving
stopped
"""
"""As docs/operations.md tells it, Upgrade and Back again, with one version for both; that the files of what was kept
were not kept, backup and restore say."""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("bundle")
    subprocess.run(["tar", "-xzf", str(BUNDLES[-1]), "-C", str(into)], check=True, timeout=120)
    [folder] = [path for path in into.iterdir() if path.is_dir()]
    return folder


@pytest.fixture(scope="module")
def place(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed where there is no network."""
    found = tmp_path_factory.mktemp("opt") / "lectern"
    given = os.environ | {"PYTHON": os.environ.get("LECTERN_BUNDLE_PYTHON", "/usr/bin/python3")}
    without_network(INSTALLED.format(folder=unpacked, place=found), given)
    return found


def without_network(script: str, given: dict[str, str]) -> str:
    """What a script said in a network namespace of its own."""
    words = ["unshare", "--net", "bash", "-c", script]
    done = subprocess.run(words, env=given, cwd="/", capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def settled(folder: Path) -> dict[str, str]:
    return os.environ | GIVEN | {"LECTERN_DATA_DIR": str(folder), "LECTERN_SECURE_COOKIES": "0"}


@LONG
def test_the_bundle_installs_and_works_where_there_is_no_network(place: Path, tmp_path: Path) -> None:
    said = without_network((ALONE + MADE).format(place=place), settled(tmp_path / "data"))
    assert "hiring version 1" in said and "ok" in said.splitlines()


@LONG
@pytest.mark.parametrize("version", DUMPS)
def test_what_a_version_left_is_upgraded_from_the_bundle_and_put_back(
    version: str, place: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for _app in restored(version, data):
        before = states()
    said = without_network((ALONE + UPGRADED).format(place=place, backups=tmp_path / "backups"), settled(data))
    assert [line for line in said.splitlines() if line in ("upgraded", "back")] == ["upgraded", "back"]
    errors = [line for line in said.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 1 and "backup" in errors[0], "nothing but the file that was not kept is missing"
    for _app in opened(f"sqlite:///{data / 'lectern.db'}", data, SetClock(START)):
        assert states() == before
    without_network((ALONE + SERVED).format(place=place), settled(data))


@LONG
def test_a_bundle_of_which_a_byte_was_changed_installs_nothing(unpacked: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    (copy / "docs" / "backup.md").write_text("changed", "utf-8")
    refused = subprocess.run(["./install.sh", str(tmp_path / "other")], cwd=copy, capture_output=True, timeout=60)
    assert refused.returncode != 0 and not (tmp_path / "other").exists()


def command_of(*words: str) -> list[str]:
    root = os.environ.get("LECTERN_CONTAINER_ROOT")
    return ["buildah", *(["--root", f"{root}/storage", "--runroot", f"{root}/run"] if root else []), *words]


def buildah(*words: str, cwd: Path = HOUSE, timeout: int = 1200) -> str:
    done = subprocess.run(command_of(*words), cwd=cwd, env=ISOLATED, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@LONG
@pytest.mark.skipif(not BASE or shutil.which("buildah") is None, reason="needs buildah and LECTERN_CONTAINER_BASE")
def test_the_container_is_built_and_serves_as_its_own_user(unpacked: Path) -> None:
    buildah("bud", "--network", "host", "--build-arg", f"BASE={BASE}", "--tag", "lectern-tried", ".", cwd=unpacked)
    container, port = buildah("from", "lectern-tried"), free_port()
    told = [word for name, value in GIVEN.items() for word in ("--env", f"{name}={value}")]
    try:
        assert "(lectern)" in buildah("run", *told, container, "--", "id")
        for command in ("lectern init", "lectern create-admin admin"):
            buildah("run", *told, container, "--", *command.split())
        script = f"lectern serve --port {port} & sleep 45; kill $!; wait $! || true"
        words = command_of("run", "--network", "host", *told, container, "--", "sh", "-c", script)
        serving = subprocess.Popen(words, env=ISOLATED, stdout=subprocess.DEVNULL)
        assert _answers(f"http://127.0.0.1:{port}/readyz")
        serving.wait(120)
    finally:
        buildah("rm", container)


def _answers(address: str) -> bool:
    for _ in range(80):
        time.sleep(0.5)
        try:
            return requests.get(address, timeout=5).json()["ready"] is True
        except requests.ConnectionError:
            continue
    return False
