"""The files of a draft as they come from outside: names and texts that can be kept, or why not."""

import hashlib
import re
from collections.abc import Mapping

from service.errors import Fault, Invalid
from workflows.references import kind_of
from workflows.xml import MAX_BYTES, encoding_of

MOST_FILES = 200
MOST_BYTES = 20_000_000
LONGEST_NAME = 200
_DECLARATION = re.compile(r"""(\A<\?xml[^>]*encoding\s*=\s*)(["'])[A-Za-z0-9._-]+["']""")
_BARE = re.compile(r"""[\x00-\x1f\x7f\\:*?"<>|\ud800-\udfff]""")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def text_of(name: str, content: bytes) -> str:
    """A file as text: UTF-8, or what its XML declaration says. Invalid("deployment.file") with the fault
    `deployment.encoding`."""
    drawn = kind_of(name) in ("bpmn", "dmn")
    try:
        text = content.decode(encoding_of(content) if drawn else "utf-8").removeprefix("\ufeff")
    except (UnicodeError, Invalid):
        raise Invalid("deployment.file", faults=(Fault(name, "deployment.encoding", "", {"file": name}),)) from None
    return _DECLARATION.sub(r"\1\2UTF-8\2", text, count=1) if drawn else text


def texts_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Files as texts."""
    return {name: text_of(name, content) for name, content in files.items()}


def bytes_of(texts: Mapping[str, str]) -> dict[str, bytes]:
    """Texts as files."""
    return {name: text.encode() for name, text in texts.items()}


def checksum(text: str) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def sums_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 of each file."""
    return {name: checksum(text) for name, text in texts.items()}


def expect(texts: Mapping[str, str]) -> None:
    """Names that every system can write, texts of a size that can be kept. Invalid("deployment.file")."""
    faults = [fault for name, text in texts.items() if (fault := _fault(name, text)) is not None]
    if len(texts) > MOST_FILES:
        faults.append(Fault("files", "deployment.too_many", "", {"most": MOST_FILES}))
    if sum(len(text) for text in texts.values()) > MOST_BYTES:
        faults.append(Fault("files", "deployment.too_large", "", {"most": MOST_BYTES // 1_000_000}))
    if faults:
        raise Invalid("deployment.file", faults=tuple(faults))


def _fault(name: str, text: str) -> Fault | None:
    parts = name.split("/")
    if not 0 < len(name) <= LONGEST_NAME or _BARE.search(name) or any(part in ("", ".", "..") for part in parts):
        return Fault(_SURROGATE.sub("?", name[:80]) or "files", "deployment.file_name")
    if kind_of(name) is None:
        return Fault(name, "deployment.file")
    if "\0" in text or _SURROGATE.search(text):
        return Fault(name, "deployment.encoding", "", {"file": name})
    if len(text.encode()) > MAX_BYTES:
        return Fault(name, "deployment.too_large", "", {"most": MAX_BYTES // 1_000_000})
    return None
