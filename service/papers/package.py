"""Opens a .docx that somebody sent: nothing in it may run, load, hide or grow, and every part is looked at first."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from service.errors import Fault, Invalid

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_BYTES = 1_000_000
MAX_UNPACKED = 12_000_000
MAX_RATIO, RATIO_FROM = 100, 100_000
"""A part of more than RATIO_FROM bytes that is packed more tightly than MAX_RATIO was made to burst."""
MAX_PARTS = 200
MAIN = "word/document.xml"
TYPES = "[Content_Types].xml"
WHOLE = "file"
"""The path of a fault that is about the file and no place in it."""

_MAIN_TYPE = f'ContentType="{DOCX}.main+xml"'.encode()
_EXTERNAL = re.compile(rb"<[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_TARGET = re.compile(rb"Target\s*=\s*[\"']([^\"']*)[\"']")
_REFUSED = (
    (re.compile(r"vbaproject|vbadata|\.bas$|macrosheet", re.IGNORECASE), "paper.doc.macros"),
    (re.compile(r"embeddings/|activex|oleobject|afchunk|\.(bin|exe|dll|js|html?|mht|rtf|docx?|xlsx?)$", re.IGNORECASE),
     "paper.doc.embedded"),
    (re.compile(r"^word/media/", re.IGNORECASE), "paper.doc.picture"),
)  # fmt: skip


def opened(content: bytes) -> Any:
    """The document, by python-docx; Invalid("paper.template") with a fault for everything that no template may hold."""
    from docx import Document
    from docx.opc.exceptions import OpcError

    _refuse(list(_faults(content)))
    try:
        return Document(BytesIO(content))
    except (OpcError, KeyError, ValueError, SyntaxError) as broken:
        raise Invalid("paper.template", faults=(Fault(WHOLE, "paper.doc.broken"),)) from broken


def saved(document: Any) -> bytes:
    """A document as the bytes of its file."""
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid("paper.template", faults=tuple(faults))


def _faults(content: bytes) -> Iterator[Fault]:
    if len(content) > MAX_BYTES:
        yield Fault(WHOLE, "paper.doc.too_large", params={"limit": MAX_BYTES // 1000})
        return
    try:
        with ZipFile(BytesIO(content)) as packed:
            yield from _packed_faults(packed)
    except (BadZipFile, NotImplementedError, OSError, EOFError, ValueError):
        yield Fault(WHOLE, "paper.doc.not_docx")


def _packed_faults(packed: ZipFile) -> Iterator[Fault]:
    """What is wrong before anything is unpacked; only what passes is unpacked and read."""
    members = packed.infolist()
    if any(member.flag_bits & 1 for member in members):
        yield Fault(WHOLE, "paper.doc.encrypted")
    elif _bursts(members):
        yield Fault(WHOLE, "paper.doc.bomb")
    elif len({member.filename.lower() for member in members}) != len(members):
        yield Fault(WHOLE, "paper.doc.broken")
    elif not {MAIN, TYPES} <= {member.filename for member in members}:
        yield Fault(WHOLE, "paper.doc.not_docx")
    else:
        for member in members:
            yield from _part_faults(packed, member)


def _bursts(members: list[ZipInfo]) -> bool:
    tight = any(one.file_size > RATIO_FROM and one.file_size > MAX_RATIO * max(one.compress_size, 1) for one in members)
    return tight or len(members) > MAX_PARTS or sum(one.file_size for one in members) > MAX_UNPACKED


def _part_faults(packed: ZipFile, member: ZipInfo) -> Iterator[Fault]:
    name = member.filename
    for looks_like, code in _REFUSED:
        if looks_like.search(name):
            yield Fault(WHOLE, code, params={"part": name})
            return
    if not name.lower().endswith((".xml", ".rels")):
        return
    content = packed.read(member)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        yield Fault(WHOLE, "paper.doc.entities", params={"part": name})
    if name == TYPES:
        yield from _type_faults(content)
    for found in _EXTERNAL.findall(content) if name.endswith(".rels") else ():
        target = _TARGET.search(found)
        yield Fault(WHOLE, "paper.doc.external", params={"target": _shown(target[1] if target else b"")})


def _type_faults(content: bytes) -> Iterator[Fault]:
    if b"macroEnabled" in content:
        yield Fault(WHOLE, "paper.doc.macros", params={"part": TYPES})
    elif _MAIN_TYPE not in content:
        yield Fault(WHOLE, "paper.doc.not_docx")


def _shown(target: bytes) -> str:
    return target.decode(errors="replace")[:120]
