"""Votes (票决): when one is over and what it comes to (policy §2.9, §5). Pure, in whole numbers and exact fractions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from service.access.actor import Actor
from service.access.case_rows import ALL_CASES, ANONYMOUS
from service.errors import Conflict
from service.tasks.facts import TaskFacts
from service.tasks.signing import SeatState

VOTE = "vote"
YES, NO, ABSTAIN = "yes", "no", "abstain"
CHOICES = (YES, NO, ABSTAIN)
PASSED, FAILED, NO_QUORUM = "passed", "failed", "no_quorum"
RESULTS = (PASSED, FAILED, NO_QUORUM)
TWO_THIRDS = Fraction(2, 3)


@dataclass(frozen=True)
class Terms:
    """What a step asks of its vote: parts of the members (`quorum`) and of those present (`ratio`) at least."""

    quorum: Fraction = TWO_THIRDS
    ratio: Fraction = TWO_THIRDS
    secret: bool = True


@dataclass(frozen=True)
class Count:
    """Ballots by choice. `members` are all who sit at the vote; the `recused` among them are not present for this case.

    Present is who cast a ballot, abstentions included (policy §2.9).
    """

    yes: int
    no: int
    abstain: int
    members: int
    recused: int = 0

    @property
    def present(self) -> int:
        return self.yes + self.no + self.abstain

    @property
    def remaining(self) -> int:
        return self.members - self.recused - self.present

    def figures(self) -> dict[str, int]:
        """As the result of the step and the record of the closing tell it."""
        return {"yes": self.yes, "no": self.no, "abstain": self.abstain, "present": self.present,
                "members": self.members, "recused": self.recused}  # fmt: skip


def terms_of(properties: Mapping[str, str]) -> Terms:
    """The terms of a step, as the gate let them pass; two thirds and secret where it does not say."""
    parts = {name: Fraction(properties[name]) for name in ("quorum", "ratio") if properties.get(name)}
    return Terms(**parts, secret=properties.get("secret", "true") != "false")


def is_secret(properties: Mapping[str, str]) -> bool:
    """Whether a step is a vote of which nobody may learn who chose what."""
    return properties.get("signing") == VOTE and terms_of(properties).secret


def needed(part: Fraction, whole: int) -> int:
    """The least number that is `part` of `whole`: 17 of 25 for two thirds."""
    return -(-whole * part.numerator // part.denominator)


def quorum_of(terms: Terms, members: int) -> int:
    """How many of the members must vote; at least one, since nobody decides nothing."""
    return max(1, needed(terms.quorum, members))


def result(terms: Terms, count: Count) -> str:
    """passed | failed | no_quorum of the ballots that were cast."""
    if count.present < quorum_of(terms, count.members):
        return NO_QUORUM
    return PASSED if count.yes >= needed(terms.ratio, count.present) else FAILED


def is_settled(terms: Terms, count: Count) -> bool:
    """Whether the result stands whatever those do who have not voted: vote, stay away or step aside."""
    everybody, quorum = count.present + count.remaining, quorum_of(terms, count.members)
    if count.present < quorum:
        return everybody < quorum
    wanted = needed(terms.ratio, everybody)
    return count.yes >= wanted or count.yes + count.remaining < wanted


def counted(seats: Sequence[SeatState], choices: Iterable[str]) -> Count:
    """The count of a vote with these seats, in which these choices were made."""
    cast = Counter(choices)
    members = sum(seat.state != "removed" for seat in seats)
    recused = sum(seat.state == "recused" for seat in seats)
    return Count(cast[YES], cast[NO], cast[ABSTAIN], members, recused)


def voted(seats: Sequence[SeatState]) -> list[SeatState]:
    """The seats that have cast their ballot."""
    return [seat for seat in seats if seat.state == "signed"]


def is_over(terms: Terms, seats: Sequence[SeatState]) -> bool:
    """Whether a vote closes now: everybody has voted, or it is named and settled. Without a member it stays open."""
    waiting = any(seat.state == "open" for seat in seats)
    if terms.secret or not waiting:
        return not waiting and bool(voted(seats))
    return is_settled(terms, counted(seats, (seat.decision or "" for seat in voted(seats))))


def refuse_late(task: TaskFacts, now: datetime) -> None:
    """No late vote, also while the closing itself still waits to be done: Conflict("vote.over")."""
    if task.signing == VOTE and now >= task.due_at:
        raise Conflict("vote.over", task_id=task.id)


def refuse_draft(task_id: str, properties: Mapping[str, str]) -> None:
    """A choice that is kept beside a name is no secret: Conflict("vote.no_draft")."""
    if is_secret(properties):
        raise Conflict("vote.no_draft", task_id=task_id)


def knows_members(actor: Actor | None, task: TaskFacts) -> bool:
    """Whether the reader may know who sits at a vote; without a reader the answer is for the house itself."""
    if ANONYMOUS not in task.properties or actor is None or actor.is_system or actor.has(*ALL_CASES):
        return True
    return actor.person_id is not None and task.seat_of(actor.person_id) is not None


def veiled(task: TaskFacts, reader: Actor | None = None) -> TaskFacts:
    """The task as people see it: while a named vote runs nobody learns what the others chose.

    Of an anonymous vote who may not know its members sees seats without persons.
    """
    if not knows_members(reader, task):
        task = replace(task, seats=tuple(replace(seat, person_id="", on_behalf_of=None) for seat in task.seats))
    if task.signing != VOTE or task.state != "open":
        return task
    seats = (replace(seat, decision=None, opinion=None) for seat in task.seats)
    return replace(task, seats=tuple(seats))
