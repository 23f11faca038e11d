"""Draws a paper up: the template filled with what is known of the case, looked at once more, and given its code."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict, Fault, Invalid
from service.flows.papered import Subject
from service.instances.models import ProcessCase
from service.papers import checking, fields, gathering, package, places, privacy
from service.papers.filling import Filling, fill
from service.papers.kinds import SEALED, Kind
from service.people.queries import organisation_names
from service.sheets import Heading, practice_mark, workbook
from workflows import catalogue
from workflows.base import table_of
from workflows.models import ProcessInstance

CASE = table_of(ProcessCase)
PROOF, AGAIN = "核验码：", "（重新签发，替代{number}）"
ROSTER = (("name", "姓名", 14), ("sex", "性别", 8), ("degree", "学历", 12), ("place", "学校", 28),
          ("what", "岗位或事项", 36))  # fmt: skip
CORRECTING, STANDING = "correction_notice", ("running", "failed", "completed")
LEAKS = {"id_number": "paper.personal.id_number", "phone": "paper.personal.phone"}
PLAIN = {"id_number": "身份证号", "phone": "电话"}


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: a kind of paper about a case, whom (`subject`, a key) and what was typed (`given`).

    `decisions` are the signed decisions of the case in words ({step, decision, opinion, by, on}), as on its sheet.
    """

    kind: Kind
    instance_id: str
    subject: str
    given: Mapping[str, str]
    decisions: Sequence[Mapping[str, Any]] = ()


@dataclass
class Composed:
    """A filled document: `blanks` are the places left empty, `about` whom it concerns, `opened` what it gives away.

    `filled` and `unfilled` are its fields as they are written.
    """

    document: Any
    known: Mapping[str, Any]
    blanks: list[str]
    subjects: list[Subject]
    opened: frozenset[str]
    about: str
    filled: frozenset[str]
    unfilled: frozenset[str]

    @property
    def digest(self) -> str:
        """SHA-256 of the text, a line each paragraph, as UTF-8."""
        return hashlib.sha256("\n".join(places.lines(self.document)).encode()).hexdigest()


def case_of(session: Session, kind: Kind, instance_id: str) -> Row[Any]:
    """The case with its definition; Conflict("paper.other_flow") for a flow that has no such paper.

    Conflict("paper.case_stands") while a case is suspended, and of one that came to nothing: of these it is corrected
    alone what was told.
    """
    found = (
        select(CASE, ProcessInstance.definition_id, ProcessInstance.state)
        .join(ProcessInstance, ProcessInstance.id == CASE.c.instance_id)
        .where(CASE.c.instance_id == instance_id)
    )
    row = session.execute(found).one()
    if row.definition_key not in kind.flows:
        raise Conflict("paper.other_flow", kind=kind.zh)
    if kind.code != CORRECTING and row.state not in STANDING:
        raise Conflict("paper.case_stands")
    return row


def whom(session: Session, wanted: Wanted) -> list[Subject]:
    """Those of the case whom the paper is about."""
    row = case_of(session, wanted.kind, wanted.instance_id)
    found = gathering.subjects(session, row.definition_key, wanted.instance_id)
    return gathering.chosen(wanted.kind, found, wanted.subject)


def compose(
    session: Session, wanted: Wanted, template: bytes, paper: Mapping[str, Any], now: datetime, *, opens: bool
) -> Composed:
    """The filled document; `opens`: with the personal data that the template names, else their fields stay empty.

    Conflict("paper.nobody" | "paper.no_period" | "paper.other_flow"), Invalid("paper.issue" | "paper.filling"),
    Invalid("paper.personal") where a paper for the public would give something away.
    """
    kind, row = wanted.kind, case_of(session, wanted.kind, wanted.instance_id)
    subjects = whom(session, wanted)
    document = package.opened(template)
    places.flatten(document)
    opened = checking.sealed_in(document) if opens and not kind.public else frozenset()
    flow = catalogue.get(session, row.definition_id)
    flow_name = str(flow.settings.get("flow", {}).get("name") or flow.name)
    organisation = organisation_names([row.organisation_id], "zh").get(row.organisation_id, "")
    known = {
        "paper": {"kind": kind.zh, "replaces": "", "reason": "", **paper, "on": day_of(now), "year": day_of(now).year},
        **gathering.common(row, flow_name, organisation),
        **gathering.about(kind, session, row.definition_key, wanted.instance_id, subjects, opened),
        "given": gathering.given(kind, wanted.given),
    }  # fmt: skip
    if not kind.public:
        known["decisions"] = [dict(one) for one in wanted.decisions]
    filling = Filling(known, now)
    allowed = _static(document) + str(known["given"].get("contact", ""))
    fill(document, filling)
    if kind.public:
        _expect_public(document, filling, allowed)
    fields_of = (frozenset(filling.filled), frozenset(filling.unfilled))
    return Composed(document, known, filling.blanks, subjects, opened, _about(known), *fields_of)


def finish(composed: Composed, code: str, replaces: str) -> bytes:
    """The file: marked where it takes another paper's place or is practice, and with the code that proves it."""
    from docx.shared import Pt

    document = composed.document
    for said in filter(None, (AGAIN.format(number=replaces) if replaces else "", practice_mark())):
        mark = document.element.body.makeelement(places.P, {})
        document.element.body.insert(0, mark)
        _paragraph(document, mark).add_run(said).font.size = Pt(12)
    document.add_paragraph("").add_run(f"{PROOF}{code}").font.size = Pt(8)
    return package.saved(document)


def unproved(content: bytes, code: str) -> Any:
    """A finished file without the line of its code, which is drawn with a QR code instead."""
    document = package.opened(content)
    last = document.paragraphs[-1]
    if last.text == f"{PROOF}{code}":
        last._element.getparent().remove(last._element)
    return document


def roster(composed: Composed) -> bytes:
    """The list of names as XLSX, with the personal data that the letter opens too."""
    columns = [*ROSTER, *((name, PLAIN[name], 24) for name in SEALED if name in composed.opened)]
    headings = [Heading("序号", 8), *(Heading(words, width) for _, words, width in columns)]
    rows = [
        [str(number), *(str(person.get(name) or "") for name, _, _ in columns)]
        for number, person in enumerate(composed.known["persons"], start=1)
    ]
    return workbook("名单", headings, rows)


def file_name(kind: Kind, number: str, ending: str) -> str:
    """What a file of the paper is called."""
    return f"{number} {kind.zh}.{ending}".replace("/", "-")[:190]


def _paragraph(document: Any, element: Any) -> Any:
    from docx.text.paragraph import Paragraph

    return Paragraph(element, document._body)


def _about(known: Mapping[str, Any]) -> str:
    people = (
        [known["person"]] if "person" in known else known.get("persons") or known.get("notice", {}).get("lines", [])
    )
    names = "、".join(str(person["name"]) for person in people[:5])
    return (names + (f" 等{len(people)}人" if len(people) > 5 else "") or str(known["case"]["title"]))[:200]


def _static(document: Any) -> str:
    """What the template itself says: an office's own number may stand there."""
    said = []
    for place in places.places(document):
        text, at = places.joined(place.element), 0
        for token in fields.tokens(text):
            said.append(text[at : token.start])
            at = token.end
        said.append(text[at:])
    return "\n".join(said)


def _expect_public(document: Any, filling: Filling, allowed: str) -> None:
    """Read what stands there now, whichever way it came (policy §7)."""
    faults = [
        Fault(place.path, LEAKS[found])
        for place in places.places(document)
        if (found := privacy.found_in(places.text_of(place.element), allowed)) in LEAKS
    ]
    faults += [
        Fault(path, "paper.personal.word", params={"text": said[:40]})
        for path, said in filling.values
        if privacy.found_in(said, allowed) == "word"
    ]
    if faults:
        raise Invalid("paper.personal", faults=tuple(faults))
