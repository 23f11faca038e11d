"""Electronic certificates: the paper with its code, and the page on which anybody verifies one, without a login."""

from io import BytesIO
from typing import Any

import segno
from flask import render_template, send_file
from marshmallow import fields
from werkzeug.wrappers import Response

from service.evidence import pdf
from service.flows.title import queries
from service.people import queries as people
from service.web import edge
from service.web.pages import pages, sent
from service.web.paper import PDF, STYLES

SCANNED = "LECTERN-TITLE"


class VerifyQuery(sent.Query):
    """Number and code, or the whole line as a scanner reads it."""

    number = fields.String(load_default="")
    code = fields.String(load_default="")


@pages.get("/title-certificates/<number>")
def title_certificate(number: str) -> Response:
    """The certificate as PDF; a revoked one says so in large letters."""
    found = queries.certificate(edge.actor(), number)
    page = render_template("titles/certificate.html", certificate=shown(found), styles=STYLES.read_text("utf-8"))
    return send_file(BytesIO(pdf.render(page)), mimetype=PDF, download_name=f"{number}.pdf")


def shown(found: Any) -> dict[str, Any]:
    """What titles/certificate.html is given."""
    line = f"{SCANNED} {found.number} {found.code}"
    return {
        "number": found.number,
        "name": found.person_name,
        "organisation": found.organisation_name,
        "level": found.level,
        "subject": found.subject,
        "confirmed_on": found.confirmed_on,
        "document": found.document,
        "bureau": people.bureau_name(edge.locale()),
        "revoked_on": found.revoked_on,
        "line": line,
        "qr": segno.make(line, error="m").png_data_uri(scale=10, border=1),
    }


@pages.get("/verify-title")
def verify_title() -> str:
    """Whether a certificate is genuine and in force; who does not have its code learns nothing."""
    asked = sent.query(VerifyQuery)
    words = asked["number"].split()
    if len(words) == 3 and words[0] == SCANNED:
        asked = {"number": words[1], "code": words[2]}
    number, code = asked["number"].strip(), asked["code"].strip()
    found = queries.verify(number[:40], code[:64]) if number else None
    return render_template("titles/verify.html", number=number, code=code, found=found)
