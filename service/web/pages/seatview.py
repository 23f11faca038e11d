"""Who signs: the policy of a step, its seats, and those of the steps beside it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from service.people import queries as people
from service.tasks import queries
from service.tasks.facts import TaskFacts
from service.tasks.signing import RECORDED, SAID, SeatState
from service.tasks.voting import VOTE, is_secret
from service.web import edge
from service.web.naming import role_name, step_name

ABSENT = {"recused": "aside", "superseded": "missed"}
"""Members of a vote who stepped aside, or had not voted when it closed."""


def signing(task: TaskFacts) -> dict[str, Any]:
    """The signing policy and where in it the reader stands."""
    mine, signers = task.seat_of(edge.actor().person_id), task.signers
    signed = sum(seat.has_said for seat in signers)
    place = (signers.index(mine) if mine in signers else signed) + 1
    if task.signing == VOTE:
        return {"kind": VOTE, "secret": is_secret(task.properties)}
    return {"kind": task.signing, "position": min(place, max(len(signers), 1)), "total": max(len(signers), 1)}


def signing_rule(task: TaskFacts) -> str | None:
    """What the policy means, beside the list of signers."""
    rules = {
        "all": _("all must agree"),
        "sequence": _("one after the other; all must agree"),
        "any": _("the first decision counts"),
        "vote": _("nobody votes for somebody else"),
    }
    return rules.get(task.signing)


def advises(task: TaskFacts) -> dict[str, str] | None:
    """That the reader is asked and does not decide, and who does."""
    mine = task.seat_of(edge.actor().person_id)
    if mine is None or not mine.advises or not mine.is_live:
        return None
    asker = task.asker_of(mine)
    name = people.names([asker.person_id]).get(asker.person_id, "") if asker else ""
    said = _("What you choose and write goes to %(name)s as advice; %(name)s decides.", name=name)
    filled = _("What you fill in goes with it.") if mine.kind == "delegate" else ""
    return {"title": _("You advise, %(name)s decides", name=name), "words": f"{said} {filled}".strip()}


def seat_groups(task: TaskFacts) -> list[dict[str, Any]]:
    """This step's signers, and those of the steps that run beside it."""
    beside = [other for other in queries.open_of(task.instance_id, edge.actor()) if other.id != task.id]
    names = people.names([seat.person_id for one in (task, *beside) for seat in one.seats])
    groups = [{"title": _("This step"), "seats": seats(task, names)}]
    if beside:
        groups.append({"title": _("At the same time"), "seats": [row for one in beside for row in seats(one, names)]})
    return groups


def seats(task: TaskFacts, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Signers of one task; a role that nobody has claimed stands for itself."""
    shown = ("open", "waiting", *SAID, *(("recused", "superseded") if task.signing == VOTE else ()))
    rows = [_seat(task, seat, names) for seat in task.seats if seat.state in shown]
    if rows:
        return rows
    due = task.due_at if task.has_deadline else None
    held = [role_name(group.partition("@")[0]) for group in task.groups] or [task.name]
    return [
        {
            "name": name,
            "state": "open",
            "note": step_name(task.case.definition_id, task.element_id, task.name),
            "due_at": due,
        }
        for name in held
    ]


def _seat(task: TaskFacts, seat: SeatState, names: Mapping[str, str]) -> dict[str, Any]:
    refused = seat.has_said and not seat.advises and seat.decision in ("reject", "object")
    votes, on_paper = task.signing == VOTE, seat.state == RECORDED
    asker = task.asker_of(seat)
    return {
        "tie": _tie(seat, names.get(asker.person_id, "")) if asker else None,
        "name": names.get(seat.person_id, ""),
        "state": "refused" if refused else ABSENT.get(seat.state, seat.state),
        "me": seat.person_id == edge.actor().person_id,
        "note": None if votes else step_name(task.case.definition_id, task.element_id, task.name),
        "on_behalf_of": names.get(seat.on_behalf_of or ""),
        "due_at": task.due_at if task.has_deadline and not votes else None,
        "pending": _("not voted yet") if votes else None,
        "signed_at": None if on_paper else seat.signed_at,
        "decided_on": seat.signed_at if on_paper else None,
        "decision": seat.decision,
        "opinion": seat.opinion,
    }


def tie_of(task: TaskFacts, seat: SeatState) -> str | None:
    """For whom, or after whom, somebody sits at a task; None for who sits there by themselves."""
    asker = task.asker_of(seat)
    return _tie(seat, people.names([asker.person_id]).get(asker.person_id, "")) if asker else None


def _tie(seat: SeatState, name: str) -> str:
    """For whom somebody advises or acts, or after whom they sign."""
    said = {"adviser": _("advises %(name)s", name=name), "delegate": _("acts for %(name)s", name=name)}
    return str(said.get(seat.kind) or _("after %(name)s", name=name))
