"""Committees of title evaluation: experts, sittings, their list, the draw, marks, opening the votes."""

from typing import Any

from service.access.days import day_of
from service.flows.title import (
    commands_drawing,
    commands_experts,
    commands_sessions,
    commands_sitting,
    queries_sessions,
)
from service.flows.title.commands_drawing import Draw, Excuse
from service.flows.title.commands_experts import EndTerm, EnterExpert
from service.flows.title.commands_sessions import CancelSession, ListCandidates, PlanSession
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.web import edge
from service.web.api import api
from service.web.api.schemas import sittings as shapes
from service.web.api.titles import TITLES


@api.get("/title-experts")
@api.input(shapes.ExpertQuery, location="query", arg_name="query")
@api.output(shapes.ExpertPage)
@api.doc(tags=TITLES)
def list_title_experts(query: dict[str, Any]) -> Any:
    """The pool that I may see, in the order in which terms were entered."""
    limit, wanted = query["limit"], {"name": query["name"], "after": query["cursor"]}
    found = queries_sessions.experts(edge.actor(), day_of(edge.now()), **wanted, limit=limit)
    return {"items": found, "next": found[-1].id if len(found) == limit else None}


@api.post("/title-experts")
@api.input(shapes.ExpertIn, arg_name="body")
@api.output(shapes.ExpertOut, status_code=201)
@api.doc(tags=TITLES)
def enter_title_expert(body: dict[str, Any]) -> Any:
    """Enter a term in a pool, of at most `title_expert_years`."""
    expert_id = edge.repeatable(
        body,
        201,
        lambda: commands_experts.enter_expert(edge.actor(), EnterExpert(**body), now=edge.now()),
        lambda ids: str(ids["expert_id"]),
    )
    return queries_sessions.expert(edge.actor(), expert_id)


@api.post("/title-experts/<expert_id>/end")
@api.input(shapes.ExpertEnd, arg_name="body")
@api.output(shapes.ExpertOut)
@api.doc(tags=TITLES)
def end_title_expert(expert_id: str, body: dict[str, Any]) -> Any:
    """End a term early."""
    edge.repeatable(
        body,
        200,
        lambda: commands_experts.end_term(edge.actor(), EndTerm(expert_id, body["on"]), now=edge.now()),
        lambda _ids: None,
    )
    return queries_sessions.expert(edge.actor(), expert_id)


@api.get("/title-sessions")
@api.input(shapes.SessionQuery, location="query", arg_name="query")
@api.output(shapes.TitleSessionList)
@api.doc(tags=TITLES)
def list_title_sessions(query: dict[str, Any]) -> Any:
    """The sittings that I convene or belong to; the bureau sees all."""
    return {"items": queries_sessions.sessions(edge.actor(), batch_id=query["batch_id"])}


@api.post("/title-batches/<batch_id>/sessions")
@api.input(shapes.TitleSessionIn, arg_name="body")
@api.output(shapes.TitleSessionOut, status_code=201)
@api.doc(tags=TITLES)
def plan_title_session(batch_id: str, body: dict[str, Any]) -> Any:
    """Plan a sitting; the number of members is odd and not below the parameter of its kind."""
    session_id = edge.repeatable(
        {**body, "batch_id": batch_id},
        201,
        lambda: commands_sessions.plan_session(
            edge.actor(), PlanSession(batch_id=batch_id, **body), now=edge.now()
        ),
        lambda ids: str(ids["session_id"]),
    )  # fmt: skip
    return _session(session_id)


@api.get("/title-sessions/<session_id>")
@api.output(shapes.TitleSessionOut)
@api.doc(tags=TITLES)
def get_title_session(session_id: str) -> Any:
    """A sitting with its list; members' names only for who may know them."""
    return _session(session_id)


def _session(session_id: str) -> dict[str, Any]:
    actor = edge.actor()
    row = queries_sessions.session(actor, session_id)
    return {
        **row._mapping,
        "candidates": queries_sessions.candidates(actor, session_id),
        "member_list": queries_sessions.members(actor, session_id),
        "reproducible": queries_sessions.is_reproducible(actor, session_id) if row.seed else None,
    }


@api.post("/title-sessions/<session_id>/candidates")
@api.input(shapes.TitleListIn, arg_name="body")
@api.output(shapes.TitleCountOut)
@api.doc(tags=TITLES)
def list_title_candidates(session_id: str, body: dict[str, Any]) -> Any:
    """Set the list of a sitting, or put everybody on it who waits; after the draw it changes no more."""
    ids = body["process_instance_ids"]
    chosen = None if ids is None else tuple(ids)
    sent = ListCandidates(session_id, body["version"], chosen, body["no_interest"])
    return _counted(body, lambda: commands_sessions.list_candidates(edge.actor(), sent, now=edge.now()), "count")


@api.post("/title-sessions/<session_id>/draw")
@api.input(shapes.TitleDrawIn, arg_name="body")
@api.output(shapes.TitleSessionOut)
@api.doc(tags=TITLES)
def draw_title_members(session_id: str, body: dict[str, Any]) -> Any:
    """Draw the members at random, once; the seed is recorded. After another draw that was not used, with a reason."""
    drawing = Draw(session_id, **body)
    edge.repeatable(body, 200, lambda: commands_drawing.draw(edge.actor(), drawing, now=edge.now()), lambda _ids: [])
    return _session(session_id)


@api.post("/title-sessions/<session_id>/cancel")
@api.input(shapes.TitleCancelIn, arg_name="body")
@api.output(shapes.TitleSessionOut)
@api.doc(tags=TITLES)
def cancel_title_session(session_id: str, body: dict[str, Any]) -> Any:
    """The committee does not sit: who stood on its list waits for another one, the draw stays on record."""
    cancelled = CancelSession(session_id, **body)
    edge.repeatable(
        body, 200, lambda: commands_sessions.cancel_session(edge.actor(), cancelled, now=edge.now()), lambda _ids: None
    )
    return _session(session_id)


@api.post("/title-sessions/<session_id>/excuse")
@api.input(shapes.ExcuseIn, arg_name="body")
@api.output(shapes.TitleSessionOut)
@api.doc(tags=TITLES)
def excuse_title_member(session_id: str, body: dict[str, Any]) -> Any:
    """A member cannot come; the next one in the order of the draw sits."""
    edge.repeatable(
        body,
        200,
        lambda: commands_drawing.excuse(edge.actor(), Excuse(session_id, **body), now=edge.now()),
        lambda _ids: "",
    )
    return _session(session_id)


@api.post("/title-sessions/<session_id>/marks")
@api.input(shapes.TitleMarksIn, arg_name="body")
@api.output(shapes.TitleCountOut)
@api.doc(tags=TITLES)
def mark_title_candidates(session_id: str, body: dict[str, Any]) -> Any:
    """Enter marks of demonstration and interview; all of them, or none with a fault each."""
    marks = {row.pop("process_instance_id"): row for row in [dict(one) for one in body["marks"]]}
    sent = EnterMarks(session_id, body["version"], marks, body["no_interest"])
    return _counted(body, lambda: commands_sitting.enter_marks(edge.actor(), sent, now=edge.now()), "changed")


@api.post("/title-sessions/<session_id>/open-vote")
@api.input(shapes.TitleVoteIn, arg_name="body")
@api.output(shapes.TitleCountOut)
@api.doc(tags=TITLES)
def open_title_vote(session_id: str, body: dict[str, Any]) -> Any:
    """Let the members vote: each case on the list opens a vote of its own, whose ballots go to its task."""
    sent = OpenVote(session_id, **body)
    return _counted(body, lambda: commands_sitting.open_vote(edge.actor(), sent, now=edge.now()), "count")


def _counted(body: dict[str, Any], run: Any, name: str) -> dict[str, int]:
    return {"count": edge.repeatable(body, 200, run, lambda ids: int(ids[name]))}
