"""The gate answers hostile and odd folders with findings, in bounded time and without reading entities."""

import gc

import pytest

from tests.workflows.checks.drawing import CONTEXT, END, FORM, START, around, chain, element, extended, process, task
from workflows.checks import check
from workflows.checks.diagram import Diagram, Node, Scope
from workflows.checks.files import MAX_ELEMENTS
from workflows.checks.findings import ordered
from workflows.references import scan
from workflows.xml import parse_xml

PLAIN = around(task("a"), ids=("a",))


def rules(files):
    return {finding.rule.id for finding in check(files, CONTEXT)}


def drawn():
    """What there is of diagrams that were read, in the whole process."""
    return [one for one in gc.get_objects() if isinstance(one, Node | Scope | Diagram)]


def test_plain_folder_has_no_findings():
    assert check({"flow.bpmn": PLAIN, "known.form": FORM}, CONTEXT) == []


def test_folder_without_a_diagram_is_refused():
    assert rules({"known.form": FORM}) == {"file.no_diagram"}


def test_file_of_an_unknown_kind_is_refused_by_name():
    (finding,) = check({"flow.bpmn": PLAIN, "tool.exe": b"x"}, CONTEXT)
    assert (finding.rule.id, finding.file) == ("file.unknown", "tool.exe")


def test_too_many_files_are_refused_before_any_is_read():
    files = {f"{i}.bpmn": b"not xml" for i in range(201)}
    assert rules(files) == {"file.too_many"}


def test_ten_megabytes_are_refused_without_parsing():
    assert rules({"flow.bpmn": PLAIN + b"<" * 10_000_000}) == {"xml.too_large"}
    assert "xml.too_large" in rules({"flow.bpmn": PLAIN, "f.form": b" " * 10_000_000})


def test_diagram_of_too_many_elements_is_refused():
    def with_elements(count):
        empty = process(START, END, chain("s", "e"), "")
        flood = "<bpmn:documentation/>" * (count - len(parse_xml(empty).findall(".//{*}*")) - 1)
        return {"flow.bpmn": process(START, END, chain("s", "e"), flood)}

    assert "file.too_many_elements" in rules(with_elements(MAX_ELEMENTS + 1))
    assert "file.too_many_elements" not in rules(with_elements(MAX_ELEMENTS))


def test_what_would_take_hundreds_of_megabytes_is_refused_without_parsing():
    tags = b"<a/>" * 150_001 + b'<b c="d"/>' * 75_000
    assert rules({"flow.bpmn": tags}) == {"xml.too_many_parts"}
    assert rules({"flow.bpmn": PLAIN, "one.dmn": tags[: len(tags) // 2], "two.dmn": tags}) == {"xml.too_many_parts"}
    assert rules({f"{n}.bpmn": b" " * 4_900_000 for n in range(5)}) == {"file.too_large_together"}


@pytest.mark.parametrize("named", ["UTF-7", "utf-7", "JAVA"])
def test_encoding_in_which_tags_are_written_with_other_bytes_is_refused_without_parsing(named):
    less, more = {"JAVA": (b"\\u003c", b">")}.get(named, (b"+ADw-", b"+AD4-"))
    tags = less + b"a" + more + (less + b"b/" + more) * 200 + less + b"/a" + more
    (finding,) = check({"flow.bpmn": f'<?xml version="1.0" encoding="{named}"?>'.encode() + tags}, CONTEXT)
    assert (finding.rule.id, finding.line) == ("xml.malformed", 1)
    assert named in finding.text("en") and named in finding.text("zh")


@pytest.mark.parametrize("said", ["GB18030", "gbk", "gb2312", "big5", "UTF-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_chinese_tools_are_read_and_not_believed_over_the_first_bytes(said):
    text = '<?xml version="1.0" encoding="{}"?><a>文化</a>'
    assert parse_xml(text.format(said).encode(said)).text == "文化"
    if said.startswith("utf-16"):
        assert parse_xml(text.format("UTF-7").encode(said)).text == "文化"


def test_folder_is_let_go_as_soon_as_it_is_checked():
    """Circles would hold every file until Python looks for them, which it hardly does in a server."""
    gc.collect()
    gc.disable()
    try:
        before = len(drawn())
        check({"flow.bpmn": PLAIN}, CONTEXT)
        left = len(drawn()) - before
    finally:
        gc.enable()
    assert left == 0


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- c -->\n<!DOCTYPE x SYSTEM "file:///etc/passwd">\n<x/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
    ],
)
def test_doctype_is_refused_in_any_disguise(hostile):
    assert "xml.doctype" in rules({"flow.bpmn": hostile})


def test_word_doctype_in_a_comment_of_the_diagram_is_no_doctype():
    assert rules({"flow.bpmn": PLAIN.replace(b"<bpmn:manualTask", b"<!-- <!DOCTYPE x> --><bpmn:manualTask")}) == set()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<",
        b"\x00\x01",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<a>" * 5_000,
        b"<a/><b/>",
        b"<a b='1' b='2'/>",
    ],
    ids=["empty", "cut", "binary", "encoding", "deep", "two roots", "doubled attribute"],
)
def test_unreadable_xml_is_refused_with_a_line(broken):
    (finding,) = check({"flow.bpmn": broken}, CONTEXT)
    assert finding.rule.id == "xml.malformed"
    assert finding.line >= 1


def test_subprocesses_nested_a_hundred_deep_are_read():
    inner = task("t")
    for depth in range(100):
        inner = element("subProcess", f"s{depth}", inner)
    assert "event.no_start" in rules({"flow.bpmn": around(inner, ids=("s99",))})


def test_two_thousand_tasks_in_a_row_pass():
    names = [f"t{i}" for i in range(2_000)]
    assert check({"flow.bpmn": process(START, *map(task, names), END, chain("s", *names, "e"))}, CONTEXT) == []


def test_findings_come_with_errors_first_then_by_line():
    folder = {
        "flow.bpmn": process(START, task("Start"), task("x"), END, chain("s", "Start", "e")),
        "flow.toml": b"[zz]\n",
    }
    found = check(folder, CONTEXT)
    assert [f.severity for f in found] == ["error"] * (len(found) - 1) + ["warning"]
    assert [f.line for f in found[:-1]] == sorted(f.line for f in found[:-1])
    assert ordered([*found, *found]) == found


def test_finding_has_the_shape_of_the_api_in_both_languages():
    (finding,) = check({"flow.bpmn": around(task("Root"), ids=("Root",))}, CONTEXT)
    chinese, english = finding.as_json("zh_CN"), finding.as_json("en")
    assert chinese | {"message": "", "remedy": ""} == {
        "severity": "error", "rule": "id.reserved", "element_id": "Root", "line": 9, "file": "flow.bpmn",
        "message": "", "remedy": "",
    }  # fmt: skip
    assert chinese["remedy"] == "换一个 id，例如 Root_1。"
    assert english["remedy"] == "Choose another id, for example Root_1."


def test_scan_names_what_a_diagram_provides_and_needs():
    called = around(element("callActivity", "c", extended('<zeebe:calledElement processId="q"/>')), ids=("c",))
    found = scan("flow.bpmn", called)
    assert found.provides == {("process", "p")}
    assert found.needs == {("process", "q")}
    assert found.executable == ("p",)


def test_of_very_many_findings_the_first_are_told_and_that_there_are_more():
    settings = b"\n".join(b"k%d = 1" % number for number in range(30_000))
    found = check({"flow.bpmn": PLAIN, "flow.toml": settings}, CONTEXT)
    assert [f.rule.id for f in found if f.severity == "error"] == ["file.more_findings"]
    assert len(found) == 1_001
    assert max(f.line for f in found) == 1_000
