"""What a draft begins with: the own files of a version, files from outside, or a new flow of start and end."""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from xml.sax.saxutils import escape, quoteattr

from sqlalchemy.orm import Session

from service.deployments import contents, releasing
from service.deployments.drafts import Source
from service.errors import Fault, Invalid
from workflows import catalogue
from workflows.errors import LecternError
from workflows.foreign import Translated, translate

MOST_NOTES = 2_000
_FLOW = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_ANY = re.compile(r"@[^/\\\s]{1,60}|" + _FLOW.pattern)
"""Keys of flows, and of libraries too."""
_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    id="definitions_{key}" targetNamespace="http://lectern/{key}">
  <bpmn:process id="{key}" name={name} isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:outgoing>flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="done"><bpmn:incoming>flow_1</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="flow_1" sourceRef="begin" targetRef="done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{key}">
    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="{key}">
      <bpmndi:BPMNShape id="begin_di" bpmnElement="begin"><dc:Bounds x="160" y="100" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="done_di" bpmnElement="done"><dc:Bounds x="480" y="100" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="flow_1_di" bpmnElement="flow_1"><di:waypoint x="196" y="118" />
        <di:waypoint x="480" y="118" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def source(
    session: Session, definition_id: str | None, key: str | None, name: str | None, files: Mapping[str, str] | None
) -> Source:
    """What a draft begins with; Invalid("draft.source") when it is not said, Invalid("draft.key") for a wrong key."""
    if definition_id is not None:
        row = catalogue.row_of(session, definition_id)
        texts = contents.texts_of(releasing.own_files(session, definition_id))
        newest = catalogue.newest_row(session, row.key)
        return Source(row.key, row.name, newest.id if newest else None, texts)
    if files is not None:
        return _from_files(session, files, key)
    if not key or not name:
        raise Invalid("draft.source")
    return _named(session, _expected(key, _FLOW), name, _new(key, name))


def _from_files(session: Session, files: Mapping[str, str], key: str | None) -> Source:
    """The key that was given, else the one that the files name; Invalid("draft.key") when they name none.

    Diagrams of other engines are translated, as far as that is possible.
    """
    contents.expect(files)
    found = _translated(files)
    texts = contents.texts_of(found.files)
    if key is None:
        try:
            key = catalogue.key_of(found.files)
        except LecternError:
            raise Invalid("draft.key", faults=(Fault("key", "draft.key"),)) from None
    named = _named(session, _expected(key, _ANY), key, texts)
    return replace(named, report=[asdict(note) for note in found.notes][:MOST_NOTES])


def _translated(files: Mapping[str, str]) -> Translated:
    """What cannot be read stays as it is: the gate says what is wrong with it."""
    plain = contents.bytes_of(files)
    try:
        return translate(plain)
    except LecternError:
        return Translated(plain)


def _named(session: Session, key: str, name: str, files: Mapping[str, str]) -> Source:
    newest = catalogue.newest_row(session, key)
    return Source(key, newest.name if newest else name, newest.id if newest else None, files)


def _expected(key: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(key):
        raise Invalid("draft.key", faults=(Fault("key", "draft.key"),))
    return key


def _new(key: str, name: str) -> dict[str, str]:
    settings = f'[flow]\nkey = "{key}"\nname = "{_toml(name)}"\n\n[start]\nroles = []\n'
    return {"flow.bpmn": _DIAGRAM.format(key=escape(key), name=quoteattr(name)), "flow.toml": settings}


def _toml(text: str) -> str:
    return "".join("\\" + char if char in '"\\' else char if char >= " " else " " for char in text)
