"""The bundle installed where there is no network, and built into a container: `make bundle`, then `make prove`.

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

from tests.conftest import KEY
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
ALONE = """
ip link set lo up
set -e
! python3 -c 'import socket; socket.create_connection(("1.1.1.1", 53), 2)' 2>/dev/null
cd {folder} && ./install.sh {place}
export PATH={place}/current/bin:$PATH
lectern init
lectern create-admin admin
lectern deploy --shared {place}/current/bpmn/shared
lectern deploy {place}/current/bpmn/hiring | tail -1
lectern serve --port 8000 & server=$!
for n in $(seq 120); do sleep 0.5; curl -fsS http://127.0.0.1:8000/readyz >/dev/null 2>&1 && break; done
curl -fsS http://127.0.0.1:8000/login | grep -q csrf_token
lectern backup {place}/backups
kill $server; wait $server || true
lectern verify-audit
"""


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    subprocess.run(["tar", "-xzf", str(BUNDLES[-1]), "-C", str(tmp_path)], check=True, timeout=120)
    [folder] = [path for path in tmp_path.iterdir() if path.is_dir()]
    return folder


@LONG
def test_the_bundle_installs_and_works_where_there_is_no_network(unpacked: Path, tmp_path: Path) -> None:
    place = tmp_path / "opt"
    given = os.environ | GIVEN | {"LECTERN_DATA_DIR": str(tmp_path / "data")}
    given |= {"PYTHON": os.environ.get("LECTERN_BUNDLE_PYTHON", "/usr/bin/python3"), "LECTERN_SECURE_COOKIES": "0"}
    script = ALONE.format(folder=unpacked, place=place)
    done = subprocess.run(
        ["unshare", "--net", "bash", "-c", script], env=given, cwd="/", capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hiring version 1" in done.stdout and "ok" in done.stdout.splitlines()
    (unpacked / "docs" / "backup.md").write_text("changed", "utf-8")
    refused = subprocess.run(["./install.sh", str(tmp_path / "other")], cwd=unpacked, capture_output=True, timeout=60)
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
