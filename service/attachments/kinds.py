"""Which files are taken: the ending of the name must agree with what the contents show."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from service.errors import Invalid

HEAD = 512
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OPEN_XML = "application/vnd.openxmlformats-officedocument"
MACROS = "vbaproject.bin"


@dataclass(frozen=True)
class Kind:
    """`fits` looks at the first HEAD bytes; `part` is a member that the archive must hold."""

    media_type: str
    fits: Callable[[bytes], bool]
    part: str | None = None


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


_zip = _begins(b"PK\x03\x04")
_ole = _begins(OLE)
_jpeg = Kind("image/jpeg", _begins(b"\xff\xd8\xff"))
_tiff = Kind("image/tiff", _begins(b"II*\0", b"MM\0*"))

KINDS = {
    ".pdf": Kind("application/pdf", _begins(b"%PDF-")),
    ".ofd": Kind("application/ofd", _zip, "OFD.xml"),
    ".png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": _jpeg,
    ".jpeg": _jpeg,
    ".webp": Kind("image/webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ".tif": _tiff,
    ".tiff": _tiff,
    ".docx": Kind(f"{OPEN_XML}.wordprocessingml.document", _zip, "word/document.xml"),
    ".xlsx": Kind(f"{OPEN_XML}.spreadsheetml.sheet", _zip, "xl/workbook.xml"),
    ".pptx": Kind(f"{OPEN_XML}.presentationml.presentation", _zip, "ppt/presentation.xml"),
    ".doc": Kind("application/msword", _ole),
    ".wps": Kind("application/vnd.ms-works", _ole),
    ".xls": Kind("application/vnd.ms-excel", _ole),
    ".et": Kind("application/vnd.ms-excel", _ole),
}
"""What a school office really sends: scans, photos, Office, WPS and OFD; no scripts, archives, pages or drawings."""


def media_type(name: str, path: Path) -> str:
    """The media type of a received file; Invalid `attachment.type` (HTTP 415) names what is taken.

    Refused as well: an ending that the contents belie, an unreadable archive, Open XML with macros.
    """
    kind = KINDS.get(Path(name).suffix.lower())
    if kind is None or not _matches(kind, path):
        raise Invalid("attachment.type", name=name, allowed=" ".join(KINDS))
    return kind.media_type


def _matches(kind: Kind, path: Path) -> bool:
    with path.open("rb") as file:
        if not kind.fits(file.read(HEAD)):
            return False
    return kind.part is None or _holds(path, kind.part)


def _holds(path: Path, part: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return part in members and not any(member.lower().endswith(MACROS) for member in members)
