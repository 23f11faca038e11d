"""A flow as a ZIP: written the same every time, read without trusting names, sizes or counts in it."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from service.deployments.contents import LONGEST_NAME, MOST_BYTES, MOST_FILES
from service.errors import Fault, Invalid
from workflows.references import kind_of

LONG_AGO = (1980, 1, 1, 0, 0, 0)
NOISE = frozenset(["__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"])
"""Folders and files that other systems put into an archive by themselves."""
UTF8_NAME, ENCRYPTED = 0x800, 0x1


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as a ZIP; the same files are the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP by name; the one folder around all of them is left out.

    Invalid("deployment.zip") with what is wrong: no ZIP, encrypted, a name that leads out of the folder or stands there
    twice, more than 200 files or 20 MB when unpacked (counted while reading, whatever the ZIP says of itself).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _without_folder(dict(_entries(archive)))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError, ValueError):
        raise _refused("files", "deployment.zip_unreadable") from None


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    left = MOST_BYTES
    for entry in archive.infolist():
        name = _name(entry)
        if entry.is_dir() or NOISE & set(name.split("/")):
            continue
        if len(seen) == MOST_FILES:
            raise _refused("files", "deployment.too_many", most=MOST_FILES)
        if name in seen or not _is_inside(name):
            raise _refused(name[:80], "deployment.file_name")
        if entry.flag_bits & ENCRYPTED:
            raise _refused(name, "deployment.zip_encrypted")
        seen.add(name)
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _refused(name, "deployment.too_large", most=MOST_BYTES // 1_000_000)
        yield name, content


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: old tools write it as UTF-8 or in the code page of a Chinese system, unmarked."""
    if entry.flag_bits & UTF8_NAME:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_inside(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and not name.startswith("/") and ".." not in name.split("/")


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without the one folder in which everything lies, when the flow's diagram or tables lie right in it."""
    tops = {name.partition("/")[0] for name in files}
    direct = [name for name in files if name.count("/") == 1 and kind_of(name) in ("bpmn", "dmn", "toml")]
    if len(tops) != 1 or not direct or any("/" not in name for name in files):
        return files
    return {name.partition("/")[2]: content for name, content in files.items()}


def _refused(path: str, code: str, **params: object) -> Invalid:
    return Invalid("deployment.zip", faults=(Fault(path, code, "", params),))
