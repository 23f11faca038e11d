"""Everything that the page of one task shows, put together for its template."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.access.case_rows import CONFIDENTIAL
from service.desk import queries as desk
from service.errors import Fault
from service.flows.hiring import queries as candidates
from service.flows.hiring import queries_desk
from service.flows.hiring.windows import WINDOWS, Window
from service.instances import queries as cases
from service.people import queries as people
from service.tasks import forms, meetings, outlook, queries, queries_papers
from service.tasks.choices import Choice
from service.tasks.view import TaskView, view
from service.tasks.voting import VOTE
from service.web import edge
from service.web.casetitles import case_title, subtitles
from service.web.conditions import reason_of
from service.web.formview import form_of
from service.web.naming import flow_name, holder_names, label, named
from service.web.outlookview import outlooks
from service.web.pages import (
    exchangelinks,
    ledgerview,
    listing,
    meetingview,
    operations,
    paperview,
    returnview,
    seatview,
    story,
    titlelinks,
    voteview,
)
from service.web.pages.diagramview import diagram_of
from service.web.pages.extension import may_extend
from service.web.pages.factview import facts
from service.web.pages.relatedview import related_to
from service.web.words import words

PHRASES = {
    "zh": ("情况属实", "同意，按程序办理", "请补齐材料"),
    "en": ("As described", "Agreed", "Please complete the papers"),
}
ENDING = (
    "reject", "object", "fail", "upheld", "none", "decline", "declined", "cancel", "drop", "refuse_all", "no_show",
)  # fmt: skip
"""Decisions against what is asked for or whom it concerns: told apart by their look, and asked for once more."""
TONES = {"return": "back", **dict.fromkeys(ENDING, "no")}
CANDIDATE_FLOW = "hiring"


def page_of(
    task_id: str,
    faults: Sequence[Fault] = (),
    sent: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The task of tasks/task.html; `sent` is what was refused, shown again with its errors."""
    found = view(edge.actor(), task_id)
    task = found.task
    locale = edge.locale()
    data = {**found.data, **(sent or {}).get("values", {})}
    standing = queries.open_of(task.instance_id, edge.actor())
    rights = found.rights if found.may_act else read_only(found.rights)
    return {
        **preview_from(found),
        "form": form_of(found.form, data, rights, faults, task.case.about),
        "opinion": (sent or {}).get("opinion") or (found.draft.opinion if found.draft else ""),
        "opinion_error": next((words(f.code, f.params, locale) for f in faults if f.path == "opinion"), None),
        "phrases": phrases() if found.may_act else [],
        "timeline": story.timeline(found.definition, found.events, standing),
        "next": outlooks(
            found.definition, task.element_id, outlook.of_task(edge.actor(), found, now=edge.now()), found.hidden
        ),
        "diagram": diagram_of(found.definition, task.instance_id, cases.passed(found.events), standing),
        "private": private(found),
        "related": related_to(task),
        **offered(found),
        "problem": problem or held_up(found),
    }


def offered(found: TaskView) -> dict[str, Any]:
    """What else the page offers the reader and says of the task, beside its form and its story."""
    task = found.task
    return {
        "draft_saved_at": found.draft.saved_at if found.draft else None,
        "position": position(task.id),
        "may_unclaim": may_unclaim(found),
        "may_extend": may_extend(task),
        **returnview.panels(found),
        "may_record": queries_papers.may_record(edge.actor(), task),
        "papers": paperview.papers(task),
        "minutes": meetingview.minutes(found),
        **operations.shown(task, found.instance_state),
        "links": links(found),
        "recusal": recusal(found),
        "verified": None,
        "on_behalf_of": found.stands_for.name if found.stands_for else None,
        "closed": closed(found),
    }


def may_unclaim(found: TaskView) -> bool:
    """Whether the reader has claimed the task, or whom the reader represents."""
    task, mine = found.task, found.stands_for.person_id if found.stands_for else edge.actor().person_id
    return bool(task.groups) and task.claimant_id == mine and task.state == "open"


def phrases() -> list[str]:
    """What the opinion offers: one's own phrases, then the bureau's, which begin with a few of the house."""
    own, bureau = desk.phrases(edge.actor())
    return list(dict.fromkeys([*own, *(bureau or PHRASES[edge.locale()])]))


def preview_of(task_id: str) -> dict[str, Any]:
    """The task beside the inbox."""
    return preview_from(view(edge.actor(), task_id))


def preview_from(found: TaskView) -> dict[str, Any]:
    """What the preview and the page have in common."""
    task, definition = found.task, found.definition
    claimable = found.may_act and task.claimant_id is None and bool(task.groups)
    return {
        "id": task.id,
        "name": named(definition, task.element_id, task.name),
        "element_id": task.element_id,
        "process_instance_id": task.instance_id,
        "definition_key": task.case.definition_key,
        "list": listing.asked(),
        "flow_name": flow_name(definition),
        "business_key": task.case.business_key,
        "title": case_title(task.instance_id, task.case.title),
        "subtitle": subtitles([(task.instance_id, task.case.definition_id, task.organisation_id)])[0],
        "state": found.instance_state if found.instance_state in ("suspended", "failed") else task.state,
        "due_at": task.due_at,
        "version": task.version,
        "mine": found.may_act or task.seat_of(edge.actor().person_id) is not None,
        "whose": _(", ").join(holder_names(task, people.names([seat.person_id for seat in task.seats]))),
        "ask": ask(found),
        "remarks": returnview.remarks(found),
        "tags": subject(found),
        "reasons": [{"text": reason_of(definition, reason)} for reason in found.reasons],
        "signing": seatview.signing(task),
        "signing_rule": seatview.signing_rule(task),
        "seat_groups": seatview.seat_groups(task),
        "ballot": voteview.ballot(found),
        "decisions": decisions(found),
        "claimable": False if claimable else None,
        "effect": effect(found),
        "facts": facts(found),
        "quick": quick(found),
    }


def ask(found: TaskView) -> str:
    """What is asked, in one sentence: the flow's own, else the step's name."""
    own = found.definition.settings.get("asks", {}).get(found.task.element_id)
    step = named(found.definition, found.task.element_id, found.task.name)
    return label(own) if own else _("Please handle the step “%(step)s” of this case.", step=step)


def subject(found: TaskView) -> list[str]:
    """Whom a step inside “hire one candidate” is about."""
    candidate_id = found.variables.get("candidate_id")
    if found.task.case.definition_key != CANDIDATE_FLOW or not candidate_id:
        return []
    names = candidates.names([candidate_id])
    slot = found.variables.get("slot") or {}
    return [_("%(name)s · %(subject)s", name=names[candidate_id], subject=slot.get("subject", ""))] if names else []


def decisions(found: TaskView) -> list[dict[str, Any]]:
    """The buttons, the agreeing one first; none for who cannot act."""
    if not found.may_act or meetings.matter(found.task):
        return []
    nobody = registering(found) and queries_desk.tally(found.task.instance_id).registered == 0
    asked = _("0 applicants are registered. Finish the review although nobody applied?") if nobody else None
    offered = [_decision(choice, number, asked) for number, choice in enumerate(found.choices)]
    return voteview.choices(found, offered) if found.task.signing == VOTE else offered


def registering(found: TaskView) -> bool:
    """Whether the step ends the registration of candidates."""
    window = window_of(found)
    return window is not None and window.registers


def window_of(found: TaskView) -> Window | None:
    """What the step lets be written of the candidates."""
    return WINDOWS.get(found.task.element_id) if found.task.case.definition_key == CANDIDATE_FLOW else None


def _decision(choice: Choice, number: int, asked: str | None) -> dict[str, Any]:
    locale = edge.locale()
    tone = TONES.get(choice.value, "go" if number == 0 else "plain")
    words_of = choice.label.get(locale) or choice.label["zh"]
    return {
        "value": choice.value,
        "label": words_of,
        "needs_reason": choice.needs_reason,
        "consequence": choice.consequence.get(locale) or choice.consequence.get("zh"),
        "tone": tone,
        "confirm": _("%(decision)s: are you sure?", decision=words_of) if tone == "no" else asked,
    }


def quick(found: TaskView) -> bool:
    """Whether the step can be decided in the preview, unread: nothing to fill in, nothing asked, no vote."""
    fills_in = any(right in ("write", "required") for right in found.rights.values())
    return not fills_in and not recusal(found) and found.task.signing != VOTE


def effect(found: TaskView) -> dict[str, Any] | None:
    """The accounts in which the case holds posts, or would by this step."""
    task, refusable = found.task, any(TONES.get(choice.value) == "no" for choice in found.choices)
    held = ledgerview.held_by(task.instance_id, task.organisation_id, refusable=refusable)
    if held is None:
        return titlelinks.effect(task)
    return {**held, "title": ledgerview.title(), "short": held["note"]}


def read_only(rights: Mapping[str, str]) -> dict[str, str]:
    """The rights of somebody who only looks."""
    return {name: "hidden" if right == "hidden" else "read" for name, right in rights.items()}


def position(task_id: str) -> dict[str, Any] | None:
    """Where the task stands in the list that it was opened from, for j and k."""
    found = listing.around(task_id)
    if found is None:
        return None
    previous_id, next_id, index, total = found
    return {"index": index, "total": total, "previous_id": previous_id, "next_id": next_id}


def links(found: TaskView) -> list[dict[str, str]]:
    """Where else this step's work is done."""
    if found.task.case.definition_key == exchangelinks.FLOW:
        return exchangelinks.task_links(found.task)
    if found.task.case.definition_key == titlelinks.FLOW:
        return titlelinks.task_links(found.task)
    words_of = {
        "state": _("Applicants and the result of their review"),
        "written": _("Written scores of the candidates"),
        "interview": _("Interview scores of the candidates"),
        "inspection": _("Inspection results of the candidates"),
        "chosen": _("Candidates by rank, to choose from"),
    }
    window = window_of(found)
    if window is None:
        return []
    label = next((words_of[name] for name in window.fields if name in words_of), _("Candidates and scores"))
    known = queries_desk.tally(found.task.instance_id)
    counted = _("%(n)s registered, %(qualified)s qualified", n=known.registered, qualified=known.qualified)
    return [{"label": label, "note": counted, "url": url_for("pages.candidates", case_id=found.task.instance_id)}]


def private(found: TaskView) -> list[str]:
    """The fields that a browser must not keep: those with sensitive data; of a confidential step everything."""
    if CONFIDENTIAL in found.task.properties:
        return ["*"]
    return sorted(forms.sensitive(found.form or {}))


def recusal(found: TaskView) -> dict[str, Any] | None:
    """Kinship is asked of the handler at the task, not only looked up (policy §5)."""
    return {"given": False} if found.task.properties.get("recuse") and found.may_act else None


def closed(found: TaskView) -> dict[str, str] | None:
    """Why there is nothing to decide any more."""
    if found.task.state == "open":
        return None
    return {
        "title": _("This task is closed"),
        "words": words(f"task.state.{found.task.state}", {}, edge.locale()),
    }


def held_up(found: TaskView) -> dict[str, Any] | None:
    """What keeps an open task from being decided."""
    if found.barred is not None:
        return {"title": _("You cannot act for another here"), "words": words(found.barred, {}, edge.locale())}
    if found.recused is not None:
        return {"title": _("You must step aside"), "words": words(found.recused, {}, edge.locale())}
    if found.task.state == "open" and found.instance_state in ("suspended", "failed"):
        row = cases.case(edge.actor(), found.task.instance_id)
        state = words(f"state.{found.instance_state}", {}, edge.locale())
        return {"title": state, "words": row.suspension_reason or words("case.failed", {}, edge.locale())}
    return None
