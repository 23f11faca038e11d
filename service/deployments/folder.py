"""A flow folder on disk, as it is published."""

from pathlib import Path


def read_folder(path: Path) -> dict[str, bytes]:
    """The contents of the files of a flow folder by their names relative to it, with forward slashes."""
    files = (file for file in sorted(path.rglob("*")) if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}
