"""Tables of organisations, persons, appointments, service locks and declared relations."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, Moment, PrimaryId


class Organisation(Base):
    """A node of the tree of policy.md §1; `path` is "/<id>/<id>/" from the root to itself.

    `stage` and `area` are for schools only; `weak` null is unknown, which never counts as no (policy.md §8).
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bureau', 'section', 'development_centre', 'staffing_office', 'hr_bureau',"
            " 'group', 'district', 'school')",
            name="kind",
        ),
        CheckConstraint("stage IN ('kindergarten', 'primary', 'junior', 'senior', 'vocational')", name="stage"),
        CheckConstraint("area IN ('city', 'town', 'rural', 'remote')", name="area"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        Index(None, "parent_id"),
    )

    id: Mapped[PrimaryId]
    parent_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    path: Mapped[str] = mapped_column(String(400), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    stage: Mapped[str | None] = mapped_column(String(16))
    area: Mapped[str | None] = mapped_column(String(16))
    weak: Mapped[bool | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Authorisation(Base):
    """What a school may decide itself, by a dated document: own hiring or own titles (policy.md §1)."""

    __tablename__ = "authorisation"
    __table_args__ = (
        CheckConstraint("kind IN ('own_hiring', 'own_titles')", name="kind"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        Index(None, "organisation_id", "kind"),
    )

    id: Mapped[PrimaryId]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(200))


class Person(Base):
    """A person; ID number and phone are ciphertexts of `access.fields` beside their blind indexes."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("sex IN ('female', 'male')", name="sex"),
        Index(None, "phone_index"),
        Index(None, "name"),
    )

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(80))
    sex: Mapped[str | None] = mapped_column(String(8))
    born_on: Mapped[date | None]
    degree: Mapped[str | None] = mapped_column(String(24))
    retires_on: Mapped[date | None]
    id_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class Appointment(Base):
    """A person employed at an organisation; in force on valid_from ≤ day < valid_until, one open at a time.

    `grade` is 1 (正高) to 13 (初级); `band` is set only for professional posts (policy.md §1). One that a
    correction has struck (`struck_at`) holds on no day.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("employment_kind IN ('staffed', 'special', 'filed', 'contract')", name="employment_kind"),
        CheckConstraint("post_category IN ('professional', 'management', 'support', 'dual')", name="post_category"),
        CheckConstraint("band IN ('senior', 'middle', 'junior')", name="band"),
        CheckConstraint("grade BETWEEN 1 AND 13", name="grade"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        Index(
            "uq_appointment_open",
            "person_id",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index(None, "organisation_id", "person_id"),
        Index(None, "person_id", "valid_from"),
    )

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    employment_kind: Mapped[str] = mapped_column(String(16))
    post_category: Mapped[str] = mapped_column(String(16))
    band: Mapped[str | None] = mapped_column(String(16))
    grade: Mapped[int | None]
    subject: Mapped[str | None] = mapped_column(String(40))
    stage: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[str | None] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(String(200), default="")
    instance_id: Mapped[Id | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    ended_because: Mapped[str | None] = mapped_column(String(200))
    struck_at: Mapped[Moment | None]


class ServiceLock(Base):
    """A directed hire stays at the school to the end of the day `ends_on` (policy.md §3.H, 民法典 art 202).

    One that a correction has struck (`struck_at`) binds nobody.
    """

    __tablename__ = "service_lock"
    __table_args__ = (CheckConstraint("ends_on > starts_on", name="days"), Index(None, "person_id"))

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    instance_id: Mapped[Id | None]
    struck_at: Mapped[Moment | None]


class Relation(Base):
    """A declared kinship or interest of one person with another, known as a person or only by name."""

    __tablename__ = "relation"
    __table_args__ = (
        CheckConstraint("(relative_id IS NULL) <> (relative_name IS NULL)", name="relative"),
        Index(None, "person_id"),
        Index(None, "relative_id"),
    )

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    relative_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"))
    relative_name: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(200), default="")
    declared_at: Mapped[Moment]
    declared_by: Mapped[Code]


class AccountOpening(Base):
    """A row of a sheet of accounts over many organisations, which the run opens; `row` is that of the sheet.

    state: waiting | opened | refused, with the code of what stood against it by then.
    """

    __tablename__ = "account_opening"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'opened', 'refused')", name="state"),)

    run_id: Mapped[Id] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    username: Mapped[Code]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(8))
    fault: Mapped[str | None] = mapped_column(String(100))
