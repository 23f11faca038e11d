"""Tables of the exchange: plans, who stands on their lists, openings, wishes, opinions, rounds, what is objected."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Json, JsonObject, Moment, PrimaryId

RESULTS = ("INELIGIBLE", "HOLD", "DEFER", "EXEMPT", "REQUIRED", "VOLUNTARY", "UNKNOWN")


def _among(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class ExchangePlan(Base):
    """The figures of one year's plan, as counted on `counted_on`, the first day of the exchange (policy §2.7, §2.8).

    `staff` are in the reform, `eligible` counted for the national floor; `target`, `floor` and `backbone` are what the
    plan undertakes, `uncounted` persons of whom a fact that decides is not known. The case's first step writes this
    row and the list, before the engine has written the case itself: so neither has a foreign key to it.
    """

    __tablename__ = "exchange_plan"
    __table_args__ = (Index(None, "year"), CheckConstraint("term_years BETWEEN 1 AND 6", name="term_years"))

    instance_id: Mapped[Id] = mapped_column(primary_key=True)
    year: Mapped[int]
    effective_on: Mapped[date]
    term_years: Mapped[int]
    staff: Mapped[int]
    eligible: Mapped[int]
    uncounted: Mapped[int]
    target: Mapped[int]
    floor: Mapped[int]
    backbone: Mapped[int]
    round_id: Mapped[Id | None]


class ExchangeEntry(Base):
    """One person on the list of a plan.

    `proposed` and `proposed_reason` are the table's answer, `result` and `reason` what stands after corrections,
    `changed_because` why they differ. HOLD and DEFER rest on sanctions and health: only HR and the person read them.
    `exception` is asked | granted | refused, `state` listed | applied | nominated | placed | struck | began.
    `nominated_because` stays when who was nominated applies and withdraws again. `round_id` is the round by which a
    place was given, `number` that of the person's case within the plan, `placement_id` the case in which the exchange
    is carried out, `arrived_on` the day on which it was: who never arrived was not exchanged.
    """

    __tablename__ = "exchange_entry"
    __table_args__ = (
        UniqueConstraint("instance_id", "person_id"),
        Index(None, "instance_id", "organisation_id"),
        Index(None, "person_id"),
        Index(None, "opening_id"),
        CheckConstraint(_among("proposed", RESULTS), name="proposed"),
        CheckConstraint(_among("result", RESULTS), name="result"),
        CheckConstraint("exception IN ('asked', 'granted', 'refused')", name="exception"),
        CheckConstraint("state IN ('listed', 'applied', 'nominated', 'placed', 'struck', 'began')", name="state"),
        CheckConstraint("opinion IN ('support', 'oppose')", name="opinion"),
        CheckConstraint("opening_id IS NOT NULL OR state NOT IN ('placed', 'began')", name="placed"),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    appointment_id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(16))
    band: Mapped[str] = mapped_column(String(16))
    backbone: Mapped[bool | None]
    counted: Mapped[bool]
    proposed: Mapped[str] = mapped_column(String(12))
    proposed_reason: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(40))
    changed_because: Mapped[str] = mapped_column(String(500), default="")
    exception: Mapped[str | None] = mapped_column(String(8))
    exception_reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10), default="listed")
    anywhere: Mapped[bool] = mapped_column(default=False)
    motive: Mapped[str] = mapped_column(String(500), default="")
    applied_at: Mapped[Moment | None]
    opinion: Mapped[str | None] = mapped_column(String(8))
    opinion_text: Mapped[str] = mapped_column(String(500), default="")
    opening_id: Mapped[Id | None]
    placement_id: Mapped[Id | None]
    nominated_because: Mapped[str | None] = mapped_column(String(500))
    round_id: Mapped[Id | None]
    number: Mapped[int | None]
    arrived_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class ExchangeOpening(Base):
    """`count` places that a school offers: by moving there (into a post of the school, with
    the own one, or with one lent of the pool), or on loan; `band` "": any.

    `competition` opens it to all schools by open competition (跨校竞聘): then `panel` holds its `members` (name, unit)
    and the `tie_reason`, once everybody has been marked, and `score_sheet_id` is what they have signed. `number` counts
    within the plan. A placement that began on paper has an opening of its own, written by its first step: no foreign
    key to the case, as of plan and entry.
    """

    __tablename__ = "exchange_opening"
    __table_args__ = (
        UniqueConstraint("instance_id", "number"),
        Index(None, "instance_id", "organisation_id"),
        CheckConstraint("manner IN ('move', 'bring', 'lend', 'loan')", name="manner"),
        CheckConstraint("band IN ('', 'senior', 'middle', 'junior')", name="band"),
        CheckConstraint("count BETWEEN 1 AND 50", name="count"),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(16))
    band: Mapped[str] = mapped_column(String(16), default="")
    count: Mapped[int]
    manner: Mapped[str] = mapped_column(String(8))
    competition: Mapped[bool] = mapped_column(default=False)
    panel: Mapped[dict[str, Any] | None] = mapped_column(Json)
    score_sheet_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[Moment]


class ExchangeWish(Base):
    """The `number`-th wish of a person, and what the receiving school says: a rank, or why the person is declined.

    `marks` of an open competition are those of its panel in the order of the members, "" where one gave none.
    """

    __tablename__ = "exchange_wish"
    __table_args__ = (
        UniqueConstraint("entry_id", "opening_id"),
        Index(None, "opening_id"),
        CheckConstraint("number BETWEEN 1 AND 5", name="number"),
        CheckConstraint("NOT declined OR (rank IS NULL AND reason <> '')", name="declined"),
    )

    entry_id: Mapped[Id] = mapped_column(ForeignKey("exchange_entry.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[Id] = mapped_column(ForeignKey("exchange_opening.id"))
    rank: Mapped[int | None]
    declined: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(300), default="")
    marks: Mapped[list[str] | None] = mapped_column(Json)


class ExchangeRound(Base):
    """One matching round: what it was asked with its SHA-256 and seed, and what came out with its own.

    `replay_of` names the round whose inputs were solved again. A round without `done_at` is under way, was cancelled or
    failed: its run tells.
    """

    __tablename__ = "exchange_round"
    __table_args__ = (UniqueConstraint("instance_id", "number"),)

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    number: Mapped[int]
    seed: Mapped[int]
    inputs: Mapped[JsonObject]
    inputs_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    result_hash: Mapped[str | None] = mapped_column(String(64))
    quality: Mapped[dict[str, Any] | None] = mapped_column(Json)
    solver: Mapped[str] = mapped_column(String(40), default="")
    run_id: Mapped[Id | None]
    replay_of: Mapped[Id | None] = mapped_column(ForeignKey("exchange_round.id"))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[Moment]
    done_at: Mapped[Moment | None]


class ExchangeObjection(Base):
    """What somebody objects to: an entry of the list (`correction`) or the published result (`appeal`).

    `text` and `answer` are ciphertexts: they may tell of health. `wanted` is the result that a correction asks for.
    `by_person_id` is null where somebody objected on the public page.
    `outcome` is accepted | declined of a correction; cleared | rematch | strike of an appeal; null while it is open.
    """

    __tablename__ = "exchange_objection"
    __table_args__ = (
        Index(None, "instance_id", "kind"),
        Index(None, "entry_id"),
        CheckConstraint("kind IN ('correction', 'appeal')", name="kind"),
        CheckConstraint("outcome IN ('accepted', 'declined', 'cleared', 'rematch', 'strike')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    entry_id: Mapped[Id] = mapped_column(ForeignKey("exchange_entry.id"))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[bytes] = mapped_column(LargeBinary)
    wanted: Mapped[str | None] = mapped_column(String(12))
    by_person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    outcome: Mapped[str | None] = mapped_column(String(10))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[Moment | None]
    settled: Mapped[bool] = mapped_column(default=False)
