"""Candidates of a case, with scores, rank and what became of them; and sheets of them that are being imported."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Id, Moment, PrimaryId


class Candidate(Base):
    """One applicant of one case, the `number`-th to be entered, for the post in row `line` of its demand.

    ID number and phone are ciphertexts bound to their row, beside blind indexes (policy §7). Scores are hundredths of
    a point (0 to 10000), `total` ten-thousandths, so that ranks compare whole numbers. `state` is registered |
    qualified | unqualified | eliminated | medical | publicity | inquiry | hired | failed | no_show; `chosen` is the
    school's choice, `reason` says why somebody is out.
    """

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("instance_id", "id_number_index"),
        UniqueConstraint("instance_id", "number"),
        Index(None, "instance_id", "line"),
        Index(None, "id_number_index"),
        CheckConstraint("line >= 1", name="line"),
        CheckConstraint("written BETWEEN 0 AND 10000", name="written"),
        CheckConstraint("interview BETWEEN 0 AND 10000", name="interview"),
        CheckConstraint("inspection IN ('passed', 'failed')", name="inspection"),
        CheckConstraint(
            "state IN ('registered', 'qualified', 'unqualified', 'eliminated', 'medical', 'publicity', 'inquiry',"
            " 'hired', 'failed', 'no_show')",
            name="state",
        ),
    )

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    line: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    id_number: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_index: Mapped[str] = mapped_column(String(80))
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(80))
    degree: Mapped[str] = mapped_column(String(24))
    graduated_from: Mapped[str] = mapped_column(String(120), default="")
    certificate: Mapped[str] = mapped_column(String(120), default="")
    written: Mapped[int | None]
    interview: Mapped[int | None]
    inspection: Mapped[str | None] = mapped_column(String(8))
    total: Mapped[int | None]
    rank: Mapped[int | None]
    chosen: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(500), default="")
    person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class CandidateImport(Base):
    """One sheet that a person handed in for a case: `done` of `total` rows are checked.

    `run_id` is the background work on it. `sheet` (headings and rows) and `faults` are JSON under the field keys; the
    row goes when the sheet was written, was refused and another came, or was left lying for a day.
    """

    __tablename__ = "candidate_import"
    __table_args__ = (Index(None, "instance_id", "account_id"), Index(None, "at"))

    id: Mapped[PrimaryId]
    instance_id: Mapped[Id] = mapped_column(ForeignKey("process_instance.id"))
    account_id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    sheet: Mapped[bytes] = mapped_column(LargeBinary)
    faults: Mapped[bytes | None] = mapped_column(LargeBinary)
    run_id: Mapped[Id | None]
    at: Mapped[Moment]
