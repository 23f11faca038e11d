"""Everything that the page of one task shows, put together for its template."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.errors import Fault
from service.instances import queries as cases
from service.people import queries as people
from service.tasks import queries
from service.tasks.choices import Choice
from service.tasks.facts import TaskFacts
from service.tasks.signing import SeatState
from service.tasks.view import TaskView, view
from service.web import edge
from service.web.naming import flow_name, label, named, role_name
from service.web.pages import ledgerview, story
from service.web.pages.diagramview import diagram_of
from service.web.pages.formview import form_of
from service.web.words import words

PHRASES = {
    "zh": ("情况属实", "同意，按程序办理", "请补齐材料"),
    "en": ("As described", "Agreed", "Please complete the papers"),
}
TONES = {"return": "back", "reject": "no", "object": "no", "fail": "no", "upheld": "no", "none": "no"}
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
    standing = queries.open_of(task.instance_id)
    return {
        **preview_from(found),
        "form": form_of(found.form, data, found.rights if found.may_act else read_only(found.rights), faults),
        "opinion": (sent or {}).get("opinion") or (found.draft.opinion if found.draft else ""),
        "opinion_error": next((words(f.code, f.params, locale) for f in faults if f.path == "opinion"), None),
        "phrases": list(PHRASES[locale]),
        "timeline": story.timeline(found.definition, found.events, standing),
        "next": story.ahead(found.definition, [task.element_id]) if task.state == "open" else [],
        "diagram": diagram_of(found.definition, task.instance_id, cases.passed(found.events), standing),
        "draft_saved_at": found.draft.saved_at if found.draft else None,
        "position": position(task.id),
        "may_unclaim": bool(task.groups) and task.claimant_id == edge.actor().person_id and task.state == "open",
        "links": links(found),
        "recusal": recusal(found),
        "verified": None,
        "closed": closed(found),
        "problem": problem or held_up(found),
    }


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
        "flow_name": flow_name(definition),
        "business_key": task.case.business_key,
        "title": task.case.title,
        "state": found.instance_state if found.instance_state in ("suspended", "failed") else task.state,
        "due_at": task.due_at,
        "version": task.version,
        "ask": ask(found),
        "tags": [],
        "reasons": [{"text": reason_words(reason)} for reason in found.reasons],
        "signing": signing(task),
        "signing_rule": signing_rule(task),
        "seat_groups": seat_groups(task),
        "decisions": decisions(found),
        "claimable": False if claimable else None,
        "effect": effect(task),
        "facts": facts(found),
        "quick": not any(right in ("write", "required") for right in found.rights.values()) and not recusal(found),
    }


def ask(found: TaskView) -> str:
    """What is asked, in one sentence: the flow's own, else the step's name."""
    own = found.definition.settings.get("asks", {}).get(found.task.element_id)
    step = named(found.definition, found.task.element_id, found.task.name)
    return label(own) if own else _("Please handle the step “%(step)s” of this case.", step=step)


def reason_words(reason: Any) -> str:
    """Why it is here: the role or the row of the table that brought it."""
    params = dict(reason.params)
    if reason.code == "reason.role":
        places = people.organisation_names([params["organisation_id"]], edge.locale())
        params |= {"role": role_name(params["role"]), "organisation": places.get(params["organisation_id"], "")}
    if reason.code == "reason.seat":
        params["signing"] = words(f"signing.{params['signing']}", {}, edge.locale())
    if reason.code == "reason.rule":
        params |= {"decision": words(f"table.{reason.decision_id}", {}, edge.locale()), "row": reason.row}
    return words(reason.code, params, edge.locale())


def signing(task: TaskFacts) -> dict[str, Any]:
    """The signing policy and where in it the reader stands."""
    mine = task.seat_of(edge.actor().person_id)
    live = [seat for seat in task.seats if seat.state != "removed"]
    signed = sum(seat.state == "signed" for seat in live)
    place = (mine.position if mine is not None else signed) + 1
    return {"kind": task.signing, "position": min(place, max(len(live), 1)), "total": max(len(live), 1)}


def signing_rule(task: TaskFacts) -> str | None:
    """What the policy means, beside the list of signers."""
    rules = {
        "all": _("all must agree"),
        "sequence": _("one after the other; all must agree"),
        "any": _("the first decision counts"),
    }
    return rules.get(task.signing)


def seat_groups(task: TaskFacts) -> list[dict[str, Any]]:
    """This step's signers, and those of the steps that run beside it."""
    beside = [other for other in queries.open_of(task.instance_id) if other.id != task.id]
    names = people.names([seat.person_id for one in (task, *beside) for seat in one.seats])
    groups = [{"title": _("This step"), "seats": seats(task, names)}]
    if beside:
        groups.append({"title": _("At the same time"), "seats": [row for one in beside for row in seats(one, names)]})
    return groups


def seats(task: TaskFacts, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Signers of one task; a role that nobody has claimed stands for itself."""
    rows = [_seat(task, seat, names) for seat in task.seats if seat.state in ("open", "waiting", "signed")]
    if rows:
        return rows
    due = task.due_at if task.has_deadline else None
    held = [role_name(group.partition("@")[0]) for group in task.groups] or [task.name]
    return [{"name": name, "state": "open", "note": task.name, "due_at": due} for name in held]


def _seat(task: TaskFacts, seat: SeatState, names: Mapping[str, str]) -> dict[str, Any]:
    refused = seat.state == "signed" and seat.decision in ("reject", "object")
    return {
        "name": names.get(seat.person_id, ""),
        "state": "refused" if refused else seat.state,
        "me": seat.person_id == edge.actor().person_id,
        "note": task.name,
        "on_behalf_of": names.get(seat.on_behalf_of or ""),
        "due_at": task.due_at if task.has_deadline else None,
        "signed_at": seat.signed_at,
        "decision": seat.decision,
        "opinion": seat.opinion,
    }


def decisions(found: TaskView) -> list[dict[str, Any]]:
    """The buttons, the agreeing one first; none for who cannot act."""
    return [_decision(choice, number) for number, choice in enumerate(found.choices)] if found.may_act else []


def _decision(choice: Choice, number: int) -> dict[str, Any]:
    locale = edge.locale()
    tone = TONES.get(choice.value, "go" if number == 0 else "plain")
    words_of = choice.label.get(locale) or choice.label["zh"]
    return {
        "value": choice.value,
        "label": words_of,
        "needs_reason": choice.needs_reason,
        "consequence": choice.consequence.get(locale) or choice.consequence.get("zh"),
        "tone": tone,
        "confirm": _("%(decision)s: are you sure?", decision=words_of) if tone == "no" else None,
    }


def effect(task: TaskFacts) -> dict[str, Any] | None:
    """The case's accounts in the ledger."""
    held = ledgerview.held_by(task.instance_id, task.organisation_id)
    return None if held is None else {**held, "title": ledgerview.title(), "short": held["note"]}


def facts(found: TaskView) -> list[dict[str, Any]]:
    """What the preview shows of the form: its plain filled fields."""
    shown = []
    for component in (found.form or {}).get("components", ()):
        value = found.data.get(component.get("key", ""))
        if component.get("type") in ("textfield", "textarea", "number") and value not in (None, ""):
            name = (component.get("properties") or {}).get("label_en") if edge.locale() == "en" else None
            wide = component["type"] == "textarea"
            shown.append({"label": name or component.get("label"), "value": value, "wide": wide})
    return shown[:6]


def read_only(rights: Mapping[str, str]) -> dict[str, str]:
    """The rights of somebody who only looks."""
    return {name: "hidden" if right == "hidden" else "read" for name, right in rights.items()}


def position(task_id: str) -> dict[str, Any] | None:
    """Where the task stands in my box, for j and k."""
    found = [row.id for row in queries.page(edge.actor(), queries.BoxQuery(limit=queries.COUNTED)).items]
    if task_id not in found:
        return None
    here = found.index(task_id)
    return {
        "index": here + 1,
        "total": len(found),
        "previous_id": found[here - 1] if here else None,
        "next_id": found[here + 1] if here + 1 < len(found) else None,
    }


def links(found: TaskView) -> list[dict[str, str]]:
    """Where else this step's work is done."""
    if found.task.case.definition_key != CANDIDATE_FLOW:
        return []
    return [{"label": _("Candidates and scores"), "url": url_for("pages.candidates", case_id=found.task.instance_id)}]


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
    if found.recused is not None:
        return {"title": _("You must step aside"), "words": words(found.recused, {}, edge.locale())}
    if found.task.state == "open" and found.instance_state in ("suspended", "failed"):
        row = cases.case(edge.actor(), found.task.instance_id)
        state = words(f"state.{found.instance_state}", {}, edge.locale())
        return {"title": state, "words": row.suspension_reason or words("case.failed", {}, edge.locale())}
    return None
