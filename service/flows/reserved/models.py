"""Rounds of the reserved pool, and the applications that came to them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Json, JsonObject, Moment, PrimaryId


class ReservedRound(Base):
    """The year's round; its id is that of its case. `offered_*` are the posts that this round gives at most.

    `state` is planned | open | closed | decided | rejected | cancelled; applications are taken while it is open, up to
    the moment `closes_at`.
    """

    __tablename__ = "reserved_round"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'open', 'closed', 'decided', 'rejected', 'cancelled')", name="state"),
        CheckConstraint("offered_senior >= 0 AND offered_middle >= 0", name="offered"),
        Index(None, "state"),
    )

    instance_id: Mapped[PrimaryId]
    year: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    offered_senior: Mapped[int] = mapped_column(default=0)
    offered_middle: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[Moment | None]
    closes_at: Mapped[Moment | None]


class ReservedApplication(Base):
    """One person's application through one school; a case each.

    `state` is submitted | suspended (an ethics case is open) | accepted | granted | refused | expired | lent |
    released | appointed | returned. `facts` are the criteria as they were ranked, with the key; `rank` is the place
    among those of the band (ties share one), `because` the criterion that put the person behind the one before; `votes`
    the votes in favour, one number a tie vote. What the table of eligibility answered of sanctions and ethics stands
    nowhere here: it is for bureau HR alone (policy §7).
    """

    __tablename__ = "reserved_application"
    __table_args__ = (
        CheckConstraint("band IN ('senior', 'middle')", name="band"),
        CheckConstraint(
            "state IN ('submitted', 'suspended', 'accepted', 'granted', 'refused', 'expired', 'lent', 'released',"
            " 'appointed', 'returned')",
            name="state",
        ),
        Index(None, "round_id", "band", "rank"),
        Index(None, "person_id"),
        Index(None, "school_id"),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(unique=True)
    round_id: Mapped[Id] = mapped_column(ForeignKey("reserved_round.instance_id"))
    school_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    band: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    facts: Mapped[JsonObject]
    rank: Mapped[int | None]
    because: Mapped[str | None] = mapped_column(String(16))
    votes: Mapped[list[int]] = mapped_column(Json)
    granted: Mapped[bool] = mapped_column(default=False)
    entered_at: Mapped[Moment]
