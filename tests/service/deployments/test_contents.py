"""Files of a draft that cannot be kept as text are told by name, whatever they claim to be."""

import pytest

from service.deployments import contents
from service.deployments.packing import pack, unpack
from service.errors import Invalid


@pytest.mark.parametrize("encoding", ["undefined", "nowhere", "ascii", "idna", "utf-7", "punycode"])
def test_an_encoding_that_reads_nothing_is_a_fault_of_its_file(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><a>{"。" * 100}..</a>'.encode()
    with pytest.raises(Invalid) as refused:
        contents.text_of("flow.bpmn", content)
    assert [(one.path, one.code) for one in refused.value.faults] == [("flow.bpmn", "deployment.encoding")]


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-8-sig"])
def test_a_diagram_in_the_encoding_of_another_tool_is_kept_as_utf_8(encoding: str) -> None:
    drawn = '<?xml version="1.0" encoding="{}"?><a>审核</a>'
    content = drawn.format(encoding.removesuffix("-sig")).encode(encoding)
    assert contents.text_of("flow.bpmn", content) == drawn.format("UTF-8")


@pytest.mark.parametrize(("name", "text", "code"), [
    ("flow.toml", "a = '\ud800'", "deployment.encoding"), ("\udfff.toml", "", "deployment.file_name"),
])  # fmt: skip
def test_half_a_character_is_a_fault_and_so_is_it_in_a_name(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        contents.expect({name: text})
    (fault,) = refused.value.faults
    assert fault.code == code
    assert fault.path.encode()


def test_what_other_systems_put_into_an_archive_is_left_out_by_its_whole_name_alone() -> None:
    kept = {"flow.bpmn": b"<a/>", "forms/my Thumbs.db notes.form": b"{}", "not.DS_Store.toml": b""}
    noise = {"__MACOSX/flow.bpmn": b"x", "forms/.DS_Store": b"x", "Thumbs.db": b"x", "forms/desktop.ini": b"x"}
    assert unpack(pack({**kept, **noise})) == kept
