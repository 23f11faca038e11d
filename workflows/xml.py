"""The one way in for XML that others wrote: size cap, no DOCTYPE, no entities, no network (engine-notes, XML)."""

import re

from lxml import etree

from workflows.errors import Invalid

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MAX_BYTES = 5_000_000
MAX_PARTS = 300_000
"""Tags and attributes, by their marks `<` and `=`: a part takes up to 230 bytes of memory, however short it is."""

ENCODINGS = frozenset(
    {"utf-8", "us-ascii", "ascii", "gb18030", "gbk", "gb2312", "cp936", "big5", "iso-8859-1", "windows-1252"}
)
"""What an XML declaration may say. In each a `<` is the byte that it is in ASCII, so that parts can be counted; UTF-7
has another way to write it."""

_UTF_16 = {b"\xff\xfe": "UTF-16LE", b"<\0": "UTF-16LE", b"\xfe\xff": "UTF-16BE", b"\0<": "UTF-16BE"}
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")
_PROLOG_DOCTYPE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<!DOCTYPE", re.DOTALL)


def parse_xml(content: bytes, file: str = "") -> etree._Element:
    """The root element of a BPMN or DMN file.

    Raises Invalid with params `file` and `line`: `xml.too_large` (over 5 MB, never parsed), `xml.too_many_parts` (over
    300,000, never parsed), `xml.doctype`, `xml.malformed` (also nested deeper than 256, an encoding that `encoding_of`
    refuses, an empty file).
    """
    if len(content) > MAX_BYTES:
        raise Invalid("xml.too_large", file=file, line=1, size=len(content), limit=MAX_BYTES)
    if (count := parts(content)) > MAX_PARTS:
        raise Invalid("xml.too_many_parts", file=file, line=1, count=count, limit=MAX_PARTS)
    encoding = encoding_of(content, file)
    if match := _PROLOG_DOCTYPE.match(content):
        raise Invalid("xml.doctype", file=file, line=content.count(b"\n", 0, match.end()) + 1)
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise Invalid("xml.malformed", file=file, line=line, column=error.offset or 0, reason=str(error.msg)) from None
    except ValueError as error:
        raise Invalid("xml.malformed", file=file, line=1, column=0, reason=str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Invalid("xml.doctype", file=file, line=1)
    return root


def encoding_of(content: bytes, file: str = "") -> str:
    """The encoding of an XML file, by its first bytes (UTF-8, UTF-16), else its declaration, else UTF-8.

    Raises Invalid("xml.malformed") for one that is not in ENCODINGS.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if content[:2] in _UTF_16:
        return _UTF_16[content[:2]]
    declared = _DECLARED.match(content)
    name = declared.group(1).decode("ascii", "replace").strip() if declared else "utf-8"
    if name.lower() not in ENCODINGS:
        raise Invalid("xml.malformed", file=file, line=1, column=0, reason=f"Unsupported encoding: {name[:40]}")
    return name


def parts(content: bytes) -> int:
    """How many tags and attributes a file has, at most."""
    return content.count(b"<") + content.count(b"=")


def truth(text: str | None, default: bool = False) -> bool:
    """An xsd:boolean attribute."""
    return default if text is None else text.strip() in ("true", "1")


def texts_of(element: etree._Element) -> str:
    """The text of an element, without that of comments in it."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def bpmn(name: str) -> str:
    """The qualified name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def zeebe(name: str) -> str:
    """The qualified name of a Camunda 8 extension element."""
    return f"{{{ZEEBE}}}{name}"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """The namespace of an element; empty for none, comments and processing instructions."""
    return element.tag[1:].partition("}")[0] if isinstance(element.tag, str) and element.tag[0] == "{" else ""
