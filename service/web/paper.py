"""What leaves the house about a case, as pages and API give it: the approval sheet, and the bundle that carries it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import segno
from flask import Response, render_template, send_file
from flask_babel import gettext as _

from service.access.actor import Actor
from service.attachments import queries as attachments
from service.audit.timeline import Event
from service.evidence import bundle, pdf
from service.evidence.commands import ExportEvidence, FreezeSheet, export_evidence, freeze_sheet
from service.evidence.sheet import Sheet, common, earlier, frozen, scans, sheet
from service.parameters.scopes import About
from service.people import queries as people
from service.tasks.discretion import CONFIRMED, COUNTED, RECORDED, TRANSFERRED
from service.web import correctionview, edge
from service.web.casetitles import case_title
from service.web.formview import form_of
from service.web.naming import (
    advice_words,
    count_words,
    decision_words,
    flow_name,
    meeting_words,
    named,
    outcome_words,
    paper_words,
    seat_words,
)
from service.web.words import words

STYLES = Path(__file__).parent / "static" / "sheet.css"
ZIP = "application/zip"
PDF = "application/pdf"
Draw = Callable[[str], bytes]
"""(page that stands alone) → its PDF."""


def bundled(instance_id: str, reason: str) -> Response:
    """Record the export and answer with the zip; pages and API alike."""
    found = sheet(edge.actor(), instance_id)
    upto = export_evidence(edge.actor(), ExportEvidence(instance_id, reason), now=edge.now())
    page = render_template("requests/sheet.html", sheet=shown(found), styles=STYLES.read_text("utf-8"))
    target = TemporaryFile()  # noqa: SIM115 - send_file reads and closes it
    parts = bundle.Parts(upto, {"sheet.html": page.encode()})
    bundle.write(edge.actor(), instance_id, parts, target, now=edge.now())
    target.seek(0)
    return send_file(target, mimetype=ZIP, as_attachment=True, download_name=f"{found.row.business_key}.zip")


def pdf_of(instance_id: str) -> Response:
    """The sheet as PDF: of an ended case the one that was frozen, the same bytes for everybody and for ever.

    It is drawn in the background after the end, or now for who asks sooner; a running case has one that is not kept.
    """
    found = sheet(edge.actor(), instance_id)
    locale = edge.locale()
    if found.ended is None:
        return send_file(BytesIO(_drawn(found)), mimetype=PDF, download_name=_name(found, locale))
    kept = frozen(instance_id, locale) or freeze(edge.actor(), instance_id, locale)
    file = attachments.read(kept)
    return send_file(file.path, mimetype=PDF, etag=file.checksum, download_name=_name(found, locale))


def freeze(actor: Actor, instance_id: str, locale: str, draw: Draw | None = None) -> str:
    """Draw the sheet that is the same for everybody, in the language of this request, and keep it for ever."""
    found = common(actor, instance_id)
    command = FreezeSheet(instance_id, locale, str(found.code), _name(found, locale), _drawn(found, draw))
    return freeze_sheet(Actor.system(), command, now=edge.now())


def _drawn(found: Sheet, draw: Draw | None = None) -> bytes:
    return (draw or pdf.render)(
        render_template("requests/sheet.html", sheet=shown(found, drawn=True), styles=STYLES.read_text("utf-8"))
    )


def _name(found: Sheet, locale: str) -> str:
    """What the file is called: ZP-2026-0001 审批单.pdf."""
    return f"{found.row.business_key} {words('sheet.file', {}, locale)}.pdf"


def shown(found: Sheet, *, drawn: bool = False) -> dict[str, Any]:
    """What requests/sheet.html is given; `drawn` gives the code as a bitmap, which every PDF reader draws the same."""
    row, definition = found.row, found.definition
    about, asked = About(row.organisation_id, row.definition_key), dict.fromkeys(found.asked, "read")
    code = segno.make(str(found.code), error="m")
    start = definition.forms.get(definition.settings.get("start", {}).get("form", ""))
    outcome = (found.ended.body or {}).get("outcome") if found.ended else row.state
    return {
        "id": row.instance_id,
        "bureau": people.bureau_name(edge.locale()),
        "flow_name": flow_name(definition),
        "business_key": row.business_key,
        "title": case_title(row.instance_id, row.title),
        "organisation": people.organisation_names([row.organisation_id], edge.locale()).get(row.organisation_id, ""),
        "initiator": people.names([row.initiator_id]).get(row.initiator_id, ""),
        "started_at": row.started_at,
        "ended_at": found.ended.at if found.ended else None,
        "outcome": outcome_words(definition, str(outcome)),
        "frozen": found.ended is not None,
        "form": form_of(start, found.asked, asked, about=about) | {"default_right": "hidden"},
        "signed": signed(found),
        "corrected": [
            correctionview.on_paper(event.body, event.actor_id, event.at) for event in found.corrected if event.body
        ],
        "earlier": [
            {"at": at, "attachment_id": one} for at, one in ([] if drawn else earlier(row.instance_id, edge.locale()))
        ],
        "scans": [{"at": at, "attachment_id": one} for at, one in ([] if drawn else scans(row.instance_id))],
        "code": str(found.code),
        "qr": code.png_data_uri(scale=10, border=1) if drawn else code.svg_data_uri(border=1),
    }


def signed(found: Sheet) -> list[dict[str, Any]]:
    """The decisions of a sheet in words: step, decision, opinion, by, on_behalf_of, at."""
    spoken_of = [(event.body or {}).get(name) for event in found.signed for name in ("for", "from", "to", "seat_of")]
    acting = [person for event in found.signed for person in (event.actor_id, event.on_behalf_of)]
    entering = [(event.body or {})["meeting"]["entered_by"] for event in found.signed if event.kind == CONFIRMED]
    names = people.names(sorted({person for person in (*acting, *spoken_of, *entering) if person}))
    return [_row(found, event, names) for event in found.signed]


def _row(found: Sheet, event: Event, names: dict[str, str]) -> dict[str, Any]:
    body = event.body or {}
    decision = body.get("decision")
    counted = "present" in body
    said = decision_words(found.definition, event.element_id, decision) if decision else ""
    if event.kind == TRANSFERRED:
        parties = {name: names.get(body.get(name, ""), "") for name in ("from", "to")}
        said = _("Handed over: %(from)s → %(to)s", **parties)
    return {
        "step": named(found.definition, event.element_id, str(body.get("name", ""))),
        "decision": advice_words(body, said, names),
        "opinion": count_words(body) if counted else body.get("opinion") or body.get("reason"),
        "by": _decider(event, names),
        "on_behalf_of": names.get(event.on_behalf_of or ""),
        "at": event.at,
    }


def _decider(event: Event, names: dict[str, str]) -> str:
    """Who decided; of a decision on paper its body, whose seat it is of, where it stands, and who only recorded it."""
    name, body = names.get(event.actor_id, ""), event.body or {}
    if event.kind == RECORDED and "paper" in body:
        where = _("; ").join(filter(None, [seat_words(body, names), paper_words(body["paper"])]))
        told = {"body": body["paper"]["decided_by"], "where": where, "name": name}
        return str(_("%(body)s, on paper (%(where)s); recorded by %(name)s", **told))
    if event.kind == CONFIRMED:
        meeting = body["meeting"]
        told = {"where": meeting_words(meeting), "secretary": names.get(meeting["entered_by"], ""), "name": name}
        return str(_("%(where)s; entered by %(secretary)s, confirmed by %(name)s", **told))
    return str(_("Vote of the members")) if event.kind == COUNTED else name
