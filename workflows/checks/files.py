"""What can be said of a file before its contents are understood: its kind, its size, safe and well-formed XML."""

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.checks.diagram import line_of
from workflows.checks.findings import Finding, error
from workflows.errors import Invalid
from workflows.references import kind_of
from workflows.xml import BPMN, MAX_BYTES, MAX_PARTS, local, namespace, parse_xml, parts

MAX_FILES = 200
MAX_TOGETHER = 20_000_000
MAX_ELEMENTS = 10_000
MAX_FINDINGS = 1_000

UNKNOWN = error(
    "file.unknown",
    ("不认识文件“{file}”的类型。", 'The type of file "{file}" is not known.'),
    ("只能部署 .bpmn、.dmn、.form 文件和 flow.toml。", "Deploy only .bpmn, .dmn and .form files and flow.toml."),
)
TOO_MANY = error(
    "file.too_many",
    ("文件过多：{count} 个（上限 {limit}）。", "Too many files: {count} (limit {limit})."),
    ("把公共部分放进共享库，分开部署。", "Put common parts into the shared library and deploy it on its own."),
)
NONE = error(
    "file.no_diagram",
    ("没有可部署的流程图。", "There is no diagram to deploy."),
    ("至少加入一个 .bpmn 文件。", "Add at least one .bpmn file."),
)
TOO_LARGE = error(
    "xml.too_large",
    ("文件有 {size} 字节，超过上限 {limit}。", "The file has {size} bytes; the limit is {limit}."),
    (
        "删去嵌入的图片和不用的图元，或拆成被调用的流程。",
        "Remove embedded pictures and unused shapes, or split it into called processes.",
    ),
)
TOGETHER = error(
    "file.too_large_together",
    ("这些文件合计 {size} 字节，上限 {limit}。", "The files have {size} bytes together; the limit is {limit}."),
    ("把公共部分放进共享库，分开部署。", "Put common parts into the shared library and deploy it on its own."),
)
PARTS = error(
    "xml.too_many_parts",
    (
        "到这个文件为止有 {count} 个标签和属性，上限 {limit}。",
        "Up to this file there are {count} tags and attributes; the limit is {limit}.",
    ),
    (
        "删去不用的图元和扩展，或拆成被调用的流程。",
        "Remove unused shapes and extensions, or split it into called processes.",
    ),
)
DOCTYPE = error(
    "xml.doctype",
    (
        "文件含有 DOCTYPE 或实体声明，出于安全拒绝读取。",
        "The file has a DOCTYPE or entities and is not read, for safety.",
    ),
    ("删去 DOCTYPE 声明，实体换成普通文字。", "Remove the DOCTYPE declaration and write entities as plain text."),
)
MALFORMED = error(
    "xml.malformed",
    ("XML 在第 {column} 列无法读取：{reason}", "The XML cannot be read at column {column}: {reason}"),
    ("用建模器重新保存该文件（UTF-8）。", "Save the file again from the modeler, as UTF-8."),
)
NOT_BPMN = error(
    "xml.not_bpmn",
    ("根元素 {tag} 不是 BPMN 2.0 的 definitions。", "The root element {tag} is not a BPMN 2.0 definitions element."),
    ("导出为 BPMN 2.0（命名空间 {wanted}）。", "Export it as BPMN 2.0 (namespace {wanted})."),
)
TOO_BIG = error(
    "file.too_many_elements",
    (
        "流程图有 {count} 个 BPMN 元素（节点、连线、设置），超过上限 {limit}。",
        "The diagram has {count} BPMN elements (nodes, flows, settings); the limit is {limit}.",
    ),
    ("拆成被调用的流程。", "Split it into called processes."),
)

MORE = error(
    "file.more_findings",
    ("只列出前 {limit} 个问题，其余没有列出。", "Only the first {limit} findings are listed."),
    ("先改正列出的问题，再检查一次。", "Mend those that are listed and check again."),
)

_BY_CODE = {
    "xml.too_large": TOO_LARGE,
    "xml.too_many_parts": PARTS,
    "xml.doctype": DOCTYPE,
    "xml.malformed": MALFORMED,
}
UNREAD = frozenset({TOO_MANY.id, TOGETHER.id, PARTS.id})
"""Rules of the whole folder after which no file is read: it would take too much memory."""


def check_folder(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """The folder as a whole: how many files, of which kinds."""
    if len(files) > MAX_FILES:
        yield Finding(TOO_MANY, "", 1, params={"count": len(files), "limit": MAX_FILES})
    if (size := sum(map(len, files.values()))) > MAX_TOGETHER:
        yield Finding(TOGETHER, "", 1, params={"size": size, "limit": MAX_TOGETHER})
    kinds = {name: kind_of(name) for name in files}
    if not {"bpmn", "dmn"} & set(kinds.values()):
        yield Finding(NONE, "", 1)
    yield from (Finding(UNKNOWN, name, 1) for name, kind in kinds.items() if kind is None)
    for name, content in files.items():
        if kinds[name] in ("form", "toml") and len(content) > MAX_BYTES:
            yield Finding(TOO_LARGE, name, 1, params={"size": len(content), "limit": MAX_BYTES})
    yield from _parts(files)


def _parts(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """The first file with which the folder has more tags and attributes than can be held at once."""
    count = 0
    for name, content in files.items():
        if kind_of(name) in ("bpmn", "dmn") and len(content) <= MAX_BYTES:
            count += parts(content)
            if count > MAX_PARTS:
                yield Finding(PARTS, name, 1, params={"count": count, "limit": MAX_PARTS})
                return


def read(file: str, content: bytes) -> etree._Element | Finding:
    """The root of an XML file, or why it is not read."""
    try:
        return parse_xml(content, file)
    except Invalid as refused:
        line = int(refused.params.get("line", 1))
        return Finding(_BY_CODE[refused.code], file, line, params=refused.params)


def check_root(file: str, root: etree._Element) -> Iterator[Finding]:
    """Whether a BPMN file is BPMN, and of a size that the rules can walk through in bounded time."""
    if namespace(root) != BPMN or local(root) != "definitions":
        yield Finding(NOT_BPMN, file, line_of(root), params={"tag": str(root.tag), "wanted": BPMN})
        return
    count = sum(1 for _ in root.iter(f"{{{BPMN}}}*"))
    if count > MAX_ELEMENTS:
        yield Finding(TOO_BIG, file, line_of(root), params={"count": count, "limit": MAX_ELEMENTS})
