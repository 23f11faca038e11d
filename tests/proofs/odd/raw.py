"""Bytes that are no diagram, or one in another writing: encodings, entities, other formats."""

from collections.abc import Iterator

from tests.proofs.odd.drawn import document, flow, process

PLAIN = document(
    process('<bpmn:startEvent id="s"/>', '<bpmn:userTask id="a" name="审核"/>', '<bpmn:endEvent id="e"/>', flow("s", "a"),
            flow("a", "e"))
)  # fmt: skip
TEXT = PLAIN.decode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


FORMATS = {
        "empty": b"", "space": b" \n\t ", "zero": b"\0", "zeros": bytes(5000), "zero-inside": PLAIN.replace(b"name=", b"\0="),
        "png": PNG + bytes(range(256)) * 20, "zip": b"PK\x03\x04" + bytes(200), "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "gzip": b"\x1f\x8b\x08" + bytes(40), "json": b'{"id": "p", "components": []}', "yaml": b"process:\n  - id: p\n",
        "toml": b"[flow]\nkey = 'p'\n", "html": b"<!DOCTYPE html><html><body><p>x<br></body></html>",
        "xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "text": "流程".encode() * 99,
        "dmn": b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"/>',
        "cmmn": b'<cmmn:definitions xmlns:cmmn="http://www.omg.org/spec/CMMN/20151109/MODEL" targetNamespace="t"/>',
        "xpdl": b'<Package xmlns="http://www.wfmc.org/2008/XPDL2.1" Id="p"><WorkflowProcesses/></Package>',
        "bpmn-1": b'<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"><process id="p"/></definitions>',
        "no-namespace": b'<definitions><process id="p"/></definitions>',
        "wrong-root": b'<bpmn:process xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="p"/>',
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>', "cut": PLAIN[: len(PLAIN) // 2], "tail": PLAIN + b"<x/>",
        "unbound": PLAIN.replace(b"<bpmn:userTask", b"<foo:userTask", 1), "cdata": b"<![CDATA[x]]>",
        "instruction": b"<?xml version='1.0'?><?php echo 1 ?>", "unclosed": b"<a b='", "entity": b"<a>&nbsp;</a>",
        "control": PLAIN.replace(b"name=", b"x=\"&#1;\" name="), "surrogate": PLAIN.replace(b"name=", b'x="&#xD800;" name='),
    }  # fmt: skip


def encoded(name: str, declared: str | None = None) -> bytes:
    """The plain diagram in another encoding, declared as such or otherwise."""
    return TEXT.replace("UTF-8", declared or name, 1).encode(name, "replace")


def files() -> Iterator[tuple[str, bytes]]:
    """By name."""
    yield from encodings()
    yield from formats()
    yield from entities()


def encodings() -> Iterator[tuple[str, bytes]]:
    """A diagram in other writings, declared truly or not."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5", "shift_jis", "iso-8859-1", "utf-32",
                     "utf-8-sig", "cp037", "utf-7"):  # fmt: skip
        yield f"as-{encoding}.bpmn", encoded(encoding)
        yield f"undeclared-{encoding}.bpmn", encoded(encoding, "UTF-8")
    yield "declared-gb18030.bpmn", encoded("utf-8", "GB18030")
    yield "declared-ascii.bpmn", encoded("utf-8", "US-ASCII")
    yield "declared-nonsense.bpmn", encoded("utf-8", "klingon")
    yield "bom-twice.bpmn", b"\xef\xbb\xbf\xef\xbb\xbf" + PLAIN
    yield "xml-1.1.bpmn", PLAIN.replace(b'version="1.0"', b'version="1.1"', 1)
    yield "space-before.bpmn", b"\n\n  " + PLAIN
    yield "standalone.bpmn", PLAIN.replace(b'encoding="UTF-8"', b'encoding="UTF-8" standalone="yes"')


def formats() -> Iterator[tuple[str, bytes]]:
    """Other formats, and a diagram that was cut or glued."""
    yield from ((f"is-{name}.bpmn", content) for name, content in FORMATS.items())


def entities() -> Iterator[tuple[str, bytes]]:
    """What would read files or the network, or grow without end."""
    for name, inner in {
        "laughs": '<!ENTITY l0 "ha">' + LAUGHS, "file": '<!ENTITY x SYSTEM "file:///etc/passwd">',
        "net": '<!ENTITY x SYSTEM "http://127.0.0.1:1/x">', "parameter": '<!ENTITY % p SYSTEM "file:///dev/zero"> %p;',
        "notation": '<!NOTATION n SYSTEM "x">', "attlist": '<!ATTLIST bpmn:process isExecutable CDATA "true">',
    }.items():  # fmt: skip
        yield (
            f"doctype-{name}.bpmn",
            TEXT.replace("<bpmn:definitions", f"<!DOCTYPE d [{inner}]><bpmn:definitions", 1).encode(),
        )
    yield (
        "xinclude.bpmn",
        TEXT.replace(
            "<bpmn:startEvent",
            '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><bpmn:startEvent',
        ).encode(),
    )
    yield (
        "stylesheet.bpmn",
        TEXT.replace("<bpmn:definitions", '<?xml-stylesheet href="x"?><bpmn:definitions', 1).encode(),
    )
