"""Files of persons: what was true on a day, records and their corrections, what persons ask, retirements due."""

from dataclasses import asdict
from typing import Any

from service.access.days import day_of
from service.records import commands, commands_requests, queries, queries_files
from service.records.commands import AddRecord, CheckFile, CorrectRecord, VoidRecord
from service.records.commands_requests import AnswerCorrection, AskCorrection
from service.records.rules import Entry
from service.web import edge
from service.web.api import api
from service.web.api.schemas import records as shapes

FILES = ["Files of persons"]


@api.get("/persons/<person_id>/facts")
@api.input(shapes.DayQuery, location="query", arg_name="query")
@api.output(shapes.FactsOut)
@api.doc(tags=FILES)
def get_facts(person_id: str, query: dict[str, Any]) -> Any:
    """What was true of a person on a day, as eligibility tables ask it; of discipline one word for most readers."""
    told = queries_files.file_of(edge.actor(), person_id, query["on"] or day_of(edge.now()))
    return {**asdict(told.facts), "standing": told.standing, "hidden": told.hidden}


@api.get("/persons/<person_id>/records")
@api.input(shapes.RecordQuery, location="query", arg_name="query")
@api.output(shapes.RecordOut(many=True))
@api.doc(tags=FILES)
def list_records(person_id: str, query: dict[str, Any]) -> Any:
    """The dated records that I may see, in the order of their days."""
    return queries.records_of(edge.actor(), person_id, on=query["on"], voided=query["voided"])


@api.post("/persons/<person_id>/records")
@api.input(shapes.RecordIn, arg_name="body")
@api.output(shapes.RecordOut, status_code=201)
@api.doc(tags=FILES)
def add_record(person_id: str, body: dict[str, Any]) -> Any:
    """Enter a record; bureau HR alone."""
    record_id = edge.repeatable(
        body,
        201,
        lambda: commands.add_record(edge.actor(), AddRecord(person_id, Entry(**body)), now=edge.now()),
        lambda ids: str(ids["record_id"]),
    )
    return queries.record(edge.actor(), record_id)


@api.post("/records/<record_id>/correct")
@api.input(shapes.CorrectionIn, arg_name="body")
@api.output(shapes.RecordOut, status_code=201)
@api.doc(tags=FILES)
def correct_record(record_id: str, body: dict[str, Any]) -> Any:
    """Put another record in place of this one, which stays, marked; the new one names it in `replaces_id`."""
    values = {name: value for name, value in body.items() if name != "reason"}
    sent = CorrectRecord(record_id, Entry(**values), body["reason"])
    new = edge.repeatable(
        body,
        201,
        lambda: commands.correct_record(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["record_id"]),
    )
    return queries.record(edge.actor(), new)


@api.post("/records/<record_id>/void")
@api.input(shapes.VoidIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=FILES)
def void_record(record_id: str, body: dict[str, Any]) -> Any:
    """Take back a record that should not be there; it stays, marked, with the reason."""
    commands.void_record(edge.actor(), VoidRecord(record_id, body["reason"]), now=edge.now())
    return ""


@api.post("/persons/<person_id>/check-file")
@api.input(shapes.TopicIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=FILES)
def check_file(person_id: str, body: dict[str, Any]) -> Any:
    """HR has looked through the file on a topic: what is not in it is not, from now on; before, it is unknown."""
    commands.check_file(edge.actor(), CheckFile(person_id, body["topic"]), now=edge.now())
    return ""


@api.get("/persons/<person_id>/correction-requests")
@api.output(shapes.CorrectionRequestOut(many=True))
@api.doc(tags=FILES)
def list_correction_requests(person_id: str) -> Any:
    """What the person asked to have corrected, and the answers; for bureau HR and the person."""
    return queries_files.corrections_of(edge.actor(), person_id)


@api.post("/persons/<person_id>/correction-requests")
@api.input(shapes.AskIn, arg_name="body")
@api.output(shapes.CorrectionRequestOut, status_code=201)
@api.doc(tags=FILES)
def ask_correction(person_id: str, body: dict[str, Any]) -> Any:
    """Ask for a correction of the own file; bureau HR is told."""
    sent = AskCorrection(person_id, body["text"], body["record_id"])
    request_id = edge.repeatable(
        body,
        201,
        lambda: commands_requests.ask_correction(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["request_id"]),
    )
    return next(one for one in queries_files.corrections_of(edge.actor(), person_id) if one.id == request_id)


@api.post("/correction-requests/<request_id>/answer")
@api.input(shapes.RequestAnswerIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=FILES)
def answer_correction(request_id: str, body: dict[str, Any]) -> Any:
    """Tell the person what was done about it."""
    commands_requests.answer_correction(edge.actor(), AnswerCorrection(request_id, body["answer"]), now=edge.now())
    return ""


@api.get("/retirements")
@api.input(shapes.RetirementQuery, location="query", arg_name="query")
@api.output(shapes.RetirementOut(many=True))
@api.doc(tags=FILES)
def list_retirements(query: dict[str, Any]) -> Any:
    """Staff whom I may see and who reach their day of retirement within so many months, or have passed it."""
    return queries_files.retirements(edge.actor(), query["on"] or day_of(edge.now()), query["months"])
