"""What each seat may do with the form of its task (design §3.2)."""

from collections.abc import Mapping
from typing import Any

from service.tasks import forms
from service.tasks.facts import TaskFacts
from service.tasks.signing import DELEGATE, SeatState


def rights(form: Mapping[str, Any], task: TaskFacts, seat: SeatState | None) -> dict[str, str]:
    """The right of each field for who sits there, or would.

    Advisers only read. So does who was added to a task that one person fills in and signs: they sign what that person
    has filled in. A delegate fills in what the one for whom they act may fill in.
    """
    found = forms.rights(form, task.properties.get("fields"), many_seats=task.signing != "single")
    while seat is not None and seat.kind == DELEGATE:
        seat = task.asker_of(seat)
    if seat is None or not (seat.advises or (seat.for_seat_id and task.signing == "single")):
        return found
    return {name: "hidden" if right == "hidden" else "read" for name, right in found.items()}


def filled_in(task: TaskFacts, seat: SeatState | None) -> dict[str, Any]:
    """What others have filled in for this seat: delegates of its holder, and who signed a single task before it."""
    if seat is None or task.state != "open":
        return {}
    before = [each for each in task.seats if each.has_said and not each.advises and task.signing == "single"]
    mine = [each for each in task.seats if _acted_for(each, seat)]
    return {name: value for each in (*before, *mine) for name, value in (each.values or {}).items()}


def _acted_for(each: SeatState, seat: SeatState) -> bool:
    return each.kind == DELEGATE and each.for_seat_id == seat.id and each.has_said
