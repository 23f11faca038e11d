"""A flow folder on disk, as it is published."""

from collections.abc import Sequence
from pathlib import Path

MANIFEST = "flow.toml"
LIBRARY = "shared"
"""The folder of the shared library among the folders of flows."""


def read_folder(path: Path) -> dict[str, bytes]:
    """The contents of the files of a flow folder by their names relative to it, with forward slashes."""
    files = (file for file in sorted(path.rglob("*")) if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def flows_in(path: Path, shared: bool) -> Sequence[tuple[Path, bool]]:
    """The folders to publish, and of each whether it is the shared library: the folder itself, `shared` as told, or
    where it holds no flow but folders of flows, those, the library first."""
    below = sorted(file.parent for file in path.glob(f"*/{MANIFEST}"))
    if shared or not below or any(path.glob("*.bpmn")) or (path / MANIFEST).exists():
        return [(path, shared)]
    return [(one, one.name == LIBRARY) for one in sorted(below, key=lambda one: (one.name != LIBRARY, one))]
