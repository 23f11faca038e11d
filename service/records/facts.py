"""What is true of a person on a day, as eligibility tables ask it; None is unknown, never no (policy §8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Ethics = Literal["clear", "investigation", "upheld"]


@dataclass(frozen=True)
class Employment:
    """The appointment in force on the day; area, weakness and stage of school are those of its organisation."""

    id: str
    organisation_id: str
    organisation_kind: str
    employment_kind: str
    post_category: str
    band: str | None
    grade: int | None
    subject: str | None
    stage: str | None
    title: str | None
    since: date
    area: str | None
    weak: bool | None
    instance_id: str | None


@dataclass(frozen=True)
class Sanction:
    """`kind`, `system` and `decided_on` are the input `sanction` of bpmn/shared/sanctions.dmn; "none": there is none.

    `system` is staff or governmental, None for "none"; `ends_on` is the first day after its term.
    """

    kind: str
    system: str | None = None
    decided_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Lock:
    """A service lock in force: the person stays at the school to the end of the day `ends_on`."""

    organisation_id: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Exchange:
    """An exchange that has begun; `kind` moved (with the employment relation) or lent; `months` are full ones."""

    organisation_id: str
    kind: str
    since: date
    until: date | None
    months: int
    destination: str


@dataclass(frozen=True)
class Facts:
    """One person on one day. Health facts (`health_deferral`) are for tables, and on pages for HR only (policy §7).

    - `employment` None: not appointed anywhere on that day; `staffed` is whether it uses headcount (在编).
    - `title` and `title_since`: of the latest title on record, else the title of the appointment, its day unknown.
      `years_in_title` are full years of the present title, `years_of_service` of all appointments and earlier service.
    - `titles` is every title held so far with the day from which its years count.
    - `assessments` and `training` are year → value or hours, years before the day's own; a year that is missing is
      unknown. `excellent` counts the excellent years, `training_hours` adds up the five full years before the day's
      own.
    - `rural_months` at rural, remote or weak schools, by appointment, exchange, loan or earlier service.
      `rural_months_seen` is what is on record; it may be less than the truth while `rural_months` is None, and is
      enough where it suffices.
    - `sanction` is the weightiest in force, else "none"; `sanctions` are all of them. `open_case` is a sanction in
      force, an inquiry or an ethics investigation. `fraud_on` is the latest fraud; None is none only when
      `records_checked`.
    - `retires_on` by choice, else as stored with the person, else by the tables of 2025 (`retires_by` says which).
    - `principal_terms` are full terms at the present school, 0 for who is no principal.
    - `backbone` is the highest tier in force, "none" when known to be none.
    - `exchanged` by an exchange that has begun; `exchange_destination` the best of their destinations: remote, weak,
      other, "none" when known to be none; `exchange_months` their full months together.
    - `records_checked`: HR has looked through the file on both topics.
    """

    person_id: str
    on: date
    name: str
    sex: str | None
    born_on: date | None
    degree: str | None
    records_checked: bool
    employment: Employment | None
    staffed: bool
    retired: bool | None
    retires_on: date | None
    retires_by: Literal["choice", "stored", "tables", "unknown"]
    title: str | None
    title_since: date | None
    titles: Mapping[str, date]
    years_in_title: int | None
    years_of_service: int | None
    at_school_since: date | None
    years_at_school: int | None
    rural_months: int | None
    rural_months_seen: int
    assessments: Mapping[int, str]
    excellent: int | None
    term_assessment: str | None
    training: Mapping[int, int]
    training_hours: int | None
    ethics: Ethics | None
    sanction: Sanction | None
    sanctions: tuple[Sanction, ...]
    open_case: bool | None
    fraud_on: date | None
    locks: tuple[Lock, ...]
    lock_active: bool | None
    is_principal: bool
    principal_terms: int | None
    backbone: str | None
    exchanges: tuple[Exchange, ...]
    exchanged: bool | None
    exchange_destination: str | None
    exchange_months: int | None
    absent: bool
    health_deferral: bool | None

    @property
    def area(self) -> str | None:
        """Where the present school lies: city, town, rural or remote."""
        return self.employment.area if self.employment else None

    @property
    def stage(self) -> str | None:
        """The stage that the person teaches, else that of the school."""
        return self.employment.stage if self.employment else None

    def sanction_context(self) -> dict[str, object] | None:
        """The variable `sanction` of bpmn/shared/sanctions.dmn; None: unknown."""
        if self.sanction is None:
            return None
        return {"kind": self.sanction.kind, "system": self.sanction.system, "decided_on": self.sanction.decided_on}
