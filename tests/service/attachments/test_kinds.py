"""What is taken: the ending of a name must agree with what the contents show."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from service.attachments.kinds import media_type
from service.attachments.rules import NAME_LIMIT, clean_name
from service.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF"


def archive(*members: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for member in members:
            written.writestr(zipfile.ZipInfo(member), "x")
    return file.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
OFD = archive("OFD.xml", "Doc_0/Document.xml")
OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def named(value: object) -> str:
    """Contents are not part of a test's name: xdist needs names that are the same in every process."""
    return value if isinstance(value, str) else ""


def told(tmp_path: Path, name: str, contents: bytes) -> str:
    path = tmp_path / "received"
    path.write_bytes(contents)
    return media_type(name, path)


@pytest.mark.parametrize(
    ("name", "contents", "expected"),
    [
        ("会议纪要.pdf", PDF, "application/pdf"),
        ("扫描件.PNG", PNG, "image/png"),
        ("证书.jpeg", JPEG, "image/jpeg"),
        ("证书.jpg", JPEG, "image/jpeg"),
        ("photo.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("scan.tif", b"II*\0\x08\0\0\0", "image/tiff"),
        ("公文.ofd", OFD, "application/ofd"),
        ("报名表.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("方案.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("旧文件.doc", OLD_WORD, "application/msword"),
    ],
    ids=named,
)
def test_what_school_offices_send_is_taken(tmp_path: Path, name: str, contents: bytes, expected: str) -> None:
    assert told(tmp_path, name, contents) == expected


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("page.html", b"<html><script>"),
        ("drawing.svg", b"<svg onload='x()'/>"),
        ("program.exe", b"MZ\x90\0"),
        ("page.pdf", b"<html><script>"),
        ("picture.png", JPEG),
        ("archive.zip", archive("a.txt")),
        ("archive.docx", archive("a.txt")),
        ("sheet.docx", XLSX),
        ("macros.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("macros.docm", DOCX),
        ("torn.xlsx", XLSX[:40]),
        ("no ending", PDF),
        (".pdf", PDF),
        ("double.pdf.html", PDF),
    ],
    ids=named,
)
def test_everything_else_is_refused_with_what_is_taken(tmp_path: Path, name: str, contents: bytes) -> None:
    with pytest.raises(Invalid, match=r"attachment\.type") as refused:
        told(tmp_path, name, contents)
    assert ".pdf" in refused.value.params["allowed"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("C:\\扫描\\会议纪要.pdf", "会议纪要.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("invoice\u202efdp.exe.pdf", "invoicefdp.exe.pdf"),
        ("e\u0301cole.pdf", "\u00e9cole.pdf"),
        ("", "file"),
        ("..", ".."),
    ],
)
def test_a_name_is_only_a_name(sent: str, stored: str) -> None:
    assert clean_name(sent) == stored


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("纪" * 500 + ".pdf")
    assert len(name) == NAME_LIMIT
    assert name.endswith("纪.pdf")
