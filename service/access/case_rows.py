"""Which rows of cases an actor sees: a case's header, its contents, tasks, files; health facts apart (policy.md §7).

Who sees a case only because a task of it lay with an outside office, or is one that many do each for their own part
(`apart`), or was copied to them, knows its header, that task and the papers of that time; everybody else whom the case
concerns knows its contents.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, column, exists, false, not_, or_, select, table, true
from sqlalchemy import cast as cast_to

from service.access import roles
from service.access.actor import Actor

Clause = ColumnElement[bool]

ALL_CASES = (*roles.BUREAU_HR, *roles.LEADER, *roles.AUDITOR)

CONFIDENTIAL = "confidential"
"""The property of an element whose decision, opinion, values and files only HR and who decided may read."""

APART = "apart"
"""The property of a step that many do at once, each for their own part: to none of them it opens the whole case."""

ANONYMOUS = "anonymous"
"""The property of a vote whose members only they themselves and the bureau know."""

WAITING = ("todo", "claimable")
"""The boxes in which a task waits for somebody; in the others it only lies to be looked at."""
COPIED = "copied"
"""The box of what somebody may read and need not do."""

_organisation = table("organisation", column("id"), column("path"))
_case = table("process_case", column("instance_id"), column("organisation_id"), column("initiator_id"))
_task = table(
    "task", column("id"), column("instance_id"), column("organisation_id"), column("groups"), column("properties"),
    column("closed_at"), column("state"), column("definition_key"), column("initiator_id"),
)  # fmt: skip
_held_task = _task.alias("held_task")
_secret_task = _task.alias("secret_task")
_queue = table("queue_entry", column("holder"), column("task_id"), column("box"))
_seat = table("seat", column("task_id"), column("person_id"), column("values"), column("on_behalf_of"))
_signed = table(
    "seat", column("task_id"), column("person_id"), column("on_behalf_of"), column("state"), column("kind")
).alias("signed")
_paper = table(
    "paper_decision", column("task_id"), column("person_id"), column("on_behalf_of"), column("attachment_id")
)
_earlier = table("task", column("id"), column("instance_id")).alias("earlier")
_substitution = table("substitution", column("represented_id"), column("attachment_id"))


def headers(actor: Actor, c: Any) -> Clause:
    """Cases of my organisations, started by me, or in which I or my office hold or held a task."""
    return true() if actor.has(*ALL_CASES) else or_(contents(actor, c), _holds(actor, c.instance_id))


def contents(actor: Actor, c: Any) -> Clause:
    """Cases whose variables and whole history I may read: not those that only lay with an outside office."""
    if actor.has(*ALL_CASES):
        return true()
    concerned = [in_scope(actor, c.organisation_id), c.initiator_id == actor.person_id]
    if not actor.has(*roles.OFFICES):
        lay_here = (_handled(actor, _held_task.c), not_(_of_office(_held_task.c)), not_(_is_apart(_held_task.c)))
        concerned.append(c.instance_id.in_(select(_held_task.c.instance_id).where(*lay_here)))
    return or_(*concerned)


def tasks(actor: Actor, c: Any) -> Clause:
    """Tasks of cases whose contents I may read, and my own; a confidential one only for its readers."""
    known = true() if actor.has(*ALL_CASES) else or_(contents(actor, c), _own(actor, c))
    return and_(known, readable(actor, c))


def readable(actor: Actor, c: Any) -> Clause:
    """Tasks that are not confidential, or not for the actor; of cases whose contents the actor may read anyway."""
    return or_(not_(_is_confidential(c)), _reads_confidential(actor, c))


def of_case(actor: Actor, c: Any) -> Clause:
    """Rows that belong to a case (candidates): those of cases whose contents I may read."""
    return true() if actor.has(*ALL_CASES) else _with_contents(actor, c)


def attachments(actor: Actor, c: Any) -> Clause:
    """My own uploads; files of cases whose contents I may read; what was there while a task of mine was open.

    Never the files of a confidential task that I may not read, nor what another room alone hands out.
    """
    in_time = or_(_held_task.c.closed_at.is_(None), c.at <= _held_task.c.closed_at)
    known = true() if actor.has(*ALL_CASES) else or_(_with_contents(actor, c), _holds(actor, c.instance_id, in_time))
    mine = or_(c.uploaded_by == actor.person_id, c.id.in_(_papers(actor)))
    return or_(mine, and_(known, c.kept_for.is_(None), not_(_is_secret_file(actor, c))))


def _papers(actor: Actor) -> Select[Any]:
    """The papers by which somebody was named my substitute: they may tell of my health, and not to who stands in."""
    mine = (_substitution.c.attachment_id.is_not(None), _substitution.c.represented_id == actor.person_id)
    return select(_substitution.c.attachment_id).where(*mine)


def events(actor: Actor, c: Any) -> Clause:
    """Events of cases whose contents I may read, and of oneself."""
    if actor.has(*ALL_CASES):
        return true()
    cases = select("instance:" + _case.c.instance_id).where(contents(actor, _case.c))
    own = (f"person:{actor.person_id}", f"account:{actor.account_id}")
    return or_(c.stream.in_(own), c.stream.in_(cases))


def in_scope(actor: Actor, organisation_id: ColumnElement[Any]) -> Clause:
    """Rows of the organisations that the actor's school roles cover: the school; of a district all below it."""
    held = [role for role in actor.acting_roles if role.role in roles.SCHOOL_OFFICE]
    paths = [role.organisation_path for role in held if role.organisation_kind == "district"]
    clauses: list[Clause] = [organisation_id.in_([role.organisation_id for role in held])]
    for path in paths:
        below = select(_organisation.c.id).where(_organisation.c.path.startswith(path, autoescape=True))
        clauses.append(organisation_id.in_(below))
    return or_(*clauses)


def _with_contents(actor: Actor, c: Any) -> Clause:
    known: Clause = c.instance_id.in_(select(_case.c.instance_id).where(contents(actor, _case.c)))
    return known


def _holds(actor: Actor, instance_id: ColumnElement[Any], *narrowed: Clause) -> Clause:
    """I or my office hold or held a task of the case, of a certain kind."""
    return instance_id.in_(select(_held_task.c.instance_id).where(_own(actor, _held_task.c), *narrowed))


def _own(actor: Actor, c: Any) -> Clause:
    """Tasks that I handle or handled, and those that were copied to me."""
    return or_(_handled(actor, c), _queued(actor.holders, c, _queue.c.box == COPIED))


def _handled(actor: Actor, c: Any) -> Clause:
    """Tasks in my queue, at which I sit or sat, or which lay with my office, whoever of it took them.

    As a substitute: those that are open with the person whom I represent now, and that I may act on.
    """
    offices = [role.queue for role in actor.acting_roles if role.role in roles.OFFICES]
    return or_(
        _queued(actor.holders, c, _queue.c.box != COPIED),
        c.id.in_(select(_seat.c.task_id).where(_seat.c.person_id == actor.person_id)),
        *(cast_to(c.groups, String).contains(f'"{office}"', autoescape=True) for office in offices),
        *_stood_in_for(actor, c),
    )


def _queued(holders: Sequence[str], c: Any, box: Clause) -> Clause:
    tasks_of: Clause = c.id.in_(select(_queue.c.task_id).where(_queue.c.holder.in_(holders), box))
    return tasks_of


def _stood_in_for(actor: Actor, c: Any) -> list[Clause]:
    """Open tasks that wait for those whom the actor represents, one clause a substitution."""
    return [
        and_(
            c.state == "open",
            _queued(one.holders, c, _queue.c.box.in_(WAITING)),
            substitutable(actor.person_id, one.person_id, c.initiator_id, c.instance_id),
            *([c.definition_key.in_(one.flows)] if one.flows else ()),
        )
        for one in actor.standing_in
    ]


def substitutable(person_id: Any, represented_id: Any, initiator_id: Any, instance_id: Any) -> Clause:
    """Cases in which a person may stand in for another: neither started nor decided at a step by the person.

    What was signed for the same person is that person's signature and stands in nobody's way (policy.md §5).
    """

    def mine(c: Any) -> Clause:
        for_another = or_(c.on_behalf_of.is_(None), c.on_behalf_of != represented_id)
        return or_(and_(c.person_id == person_id, for_another), c.on_behalf_of == person_id)

    signed = exists().where(_signed.c.task_id == _earlier.c.id, decides(_signed.c), mine(_signed.c))
    on_paper = exists().where(_paper.c.task_id == _earlier.c.id, mine(_paper.c))
    decided = exists().where(_earlier.c.instance_id == instance_id, or_(signed, on_paper))
    return and_(initiator_id != person_id, not_(decided))


def decides(c: Any) -> Clause:
    """Seats that make an earlier signer of the case of who signed them; so does a decision on paper.

    Advice, and what a delegate has filled in, is no decision: whoever gave it may sign another step, draw-in or
    substitute alike.
    """
    return and_(c.state == "signed", c.kind == "signer")


def _of_office(c: Any) -> Clause:
    """Tasks that were opened for one of the outside offices."""
    groups = cast_to(c.groups, String)
    return or_(*(groups.contains(f'"{role}@', autoescape=True) for role in roles.OFFICES))


def _is_confidential(c: Any) -> Clause:
    return cast_to(c.properties, String).contains(f'"{CONFIDENTIAL}"')


def _is_apart(c: Any) -> Clause:
    return cast_to(c.properties, String).contains(f'"{APART}"')


def _reads_confidential(actor: Actor, c: Any) -> Clause:
    """Bureau HR, the school's HR clerk, who has decided it, and with whom it lies now."""
    if actor.has(*roles.BUREAU_HR):
        return true()
    clerk = [role.organisation_id for role in actor.acting_roles if role.role == "school_hr"]
    return or_(
        c.organisation_id.in_(clerk),
        _queued(actor.holders, c, _queue.c.box != COPIED),
        *_stood_in_for(actor, c),
    )


def _is_secret_file(actor: Actor, c: Any) -> Clause:
    """The file was handed in with a confidential task that the actor may not read, or is the paper that decided it."""
    if actor.has(*roles.BUREAU_HR):
        return false()
    secret = _secret_task.c
    hidden = (secret.instance_id == c.instance_id, _is_confidential(secret), not_(_reads_confidential(actor, secret)))
    signed = exists().where(*hidden, _seat.c.task_id == secret.id, cast_to(_seat.c["values"], String).contains(c.id))
    return or_(signed, exists().where(*hidden, _paper.c.task_id == secret.id, _paper.c.attachment_id == c.id))
