"""Draws what is frozen as PDF where nobody waits for it: the sheet of an ended case, in every language; a paper."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app

from service.clock import Clock
from service.evidence import pdf
from service.evidence.freezing import KIND
from service.evidence.sheet import frozen
from service.papers.commands import DRAWING
from service.papers.queries import page_of
from service.runs.declaring import QUIET, Progress, Running, runner
from service.web import edge, officialpapers, paper


@runner(KIND, "审批单定稿", "Freezing of an approval sheet", lane=QUIET)
def freeze_sheets(run: Running, progress: Progress, _clock: Clock) -> Mapping[str, Any]:
    """A language that is there already, as somebody has asked for it meanwhile, stays."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    instance_id = run.arguments["instance_id"]
    for number, locale in enumerate(edge.LOCALES):
        progress(number, len(edge.LOCALES))
        with app.app_context(), app.test_request_context(headers={"Accept-Language": locale}):
            if frozen(instance_id, locale) is None:
                paper.freeze(run.actor, instance_id, locale, pdf.apart)
    return {}


@runner(DRAWING, "公文定稿", "Drawing of an official paper", lane=QUIET)
def draw_papers(run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
    """One that is there already, as somebody has asked for it meanwhile, stays."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), app.test_request_context():
        officialpapers.draw(run.arguments["paper_id"], pdf.apart(page_of(run.arguments["paper_id"])))
    return {}
