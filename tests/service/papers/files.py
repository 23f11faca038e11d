"""Templates made for tests: good ones, and ones with something in them that must be refused."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from service.papers import package, shipped

MAIN = package.MAIN
RELS = "word/_rels/document.xml.rels"
TYPES = package.TYPES


def template(*paragraphs, rows=(), header=""):
    """The .docx of these paragraphs, and of one table whose rows are these texts."""
    document = shipped._empty()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for number, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.cell(number, column).text = text
    if header:
        document.sections[0].header.is_linked_to_previous = False
        document.sections[0].header.paragraphs[0].text = header
    return package.saved(document)


def changed(content, **parts):
    """The same file with parts added or put in place of others: name → bytes, or a function of the old bytes."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in names:
            made = parts.get(name, lambda same: same)
            new.writestr(name, made(old.read(name)) if callable(made) else made)
        for name in parts:
            if name not in names:
                new.writestr(name, parts[name])
    return target.getvalue()


def with_xml(inner, text="{= paper.number}"):
    """A template with raw XML in its first paragraph."""
    return changed(template(text), **{MAIN: lambda xml: xml.replace(b"</w:p>", inner.encode() + b"</w:p>", 1)})


def text_of(content):
    """Everything that is written in a .docx."""
    from docx import Document

    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
