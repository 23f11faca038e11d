"""The books as rows of the opening workbook: what is loaded from them into an empty house gives the same rows again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.opening.exporting_numbers import Row, Sheets, number_rows, pool_rows
from service.opening.exporting_people import (
    departed,
    departed_row,
    employed,
    last_of,
    relation_rows,
    who_of,
)
from service.opening.people import Known
from service.opening.register import Register, Unit, register
from service.opening.vocabulary import written
from service.people.persons import PHONE
from service.records.reading import Record

ORDER = ("kind", "valid_from", "value", "year", "valid_until", "organisation", "document", "note")
"""Columns by which the rows of a person's file are sorted."""


def organisation_rows(books: Register, locale: str) -> list[Row]:
    """The organisations that are not closed, those above before those below."""
    units = sorted(books.units.values(), key=lambda unit: (unit.path.count("/"), unit.code))
    return [_organisation(books, unit, locale) for unit in units if unit.row is not None and not unit.row.valid_until]


def _organisation(books: Register, unit: Unit, locale: str) -> Row:
    row: Any = unit.row
    above = books.units.get(row.parent_id)
    weak = None if row.weak is None else "yes" if row.weak else "no"
    powers: Row = {}
    for kind, short in (("own_hiring", "hiring"), ("own_titles", "titles")):
        for given in books.authorisations:
            if given.organisation_id == unit.id and given.kind == kind and given.valid_until is None:
                powers |= {f"{short}_from": given.valid_from, f"{short}_document": given.document}
    return {
        "code": unit.code, "name": unit.name, "name_en": row.name_en, "kind": written("kind", unit.kind, locale),
        "parent": above.code if above else None, "stage": written("stage", row.stage, locale),
        "area": written("area", row.area, locale), "weak": written("yes_no", weak, locale),
        "valid_from": row.valid_from, **powers,
    }  # fmt: skip


def sheets(session: Session, locale: str, today: date) -> tuple[list[int], Sheets]:
    """The years of the yearly assessments, and the rows of every sheet; of accounts that have moved as of today."""
    books = register(session)
    people, gone = employed(session), departed(session)
    everybody = [*people, *gone]
    codes = {unit.id: unit.code for unit in books.units.values()}
    years = sorted({r.year for one in people for r in one.records if r.kind == "assessment" and r.year and _plain(r)})
    found: Sheets = {
        "organisations": organisation_rows(books, locale),
        "numbers": list(number_rows(session, books, today)),
        **pool_rows(session, books, {one.person.id: who_of(one) for one in people}, locale, today),
        "staff": [_staff(one, codes, locale) for one in people],
        "records": [row for one in everybody for row in _records(one, codes, locale)],
        "locks": [
            {**who_of(one), "organisation": codes[lock.organisation_id], "starts_on": lock.starts_on,
             "ends_on": lock.ends_on, "reason": lock.reason}
            for one in people for lock in sorted(one.locks, key=lambda lock: (lock.starts_on, lock.ends_on))
        ],
        "roles": [row for one in people for row in _roles(one, codes, locale)],
        "relations": relation_rows(everybody, locale),
        "departed": [departed_row(one, codes, locale) for one in gone],
    }  # fmt: skip
    return years, found


def _staff(one: Known, codes: Mapping[str, str], locale: str) -> Row:
    row, job = one.person, one.appointment
    assert job is not None
    phone = None if row.phone is None else PHONE.unseal(row.id, row.phone)
    title, certificate = _own(one, "title"), _own(one, "certificate")
    checks = {f"{topic}_checked": check.checked_on for topic, check in one.checks.items()}
    yearly = {f"assessment_{r.year}": written("assessment", r.value, locale) for r in one.records if _is_yearly(r)}
    return {
        **who_of(one), "organisation": codes[job.organisation_id], "phone": phone, "born_on": row.born_on,
        "sex": written("sex", row.sex, locale), "degree": written("degree", row.degree, locale),
        "employment_kind": written("employment_kind", job.employment_kind, locale),
        "post_category": written("post_category", job.post_category, locale),
        "band": written("band", job.band, locale), "grade": job.grade, "title": job.title,
        "title_on": title.valid_from if title else None, "title_document": title.document if title else None,
        "appointed_on": job.valid_from, "stage": written("stage", job.stage, locale), "subject": job.subject,
        "certificate": certificate.value if certificate else None,
        "certificate_number": certificate.document if certificate else None,
        "certificate_on": certificate.valid_from if certificate else None,
        "retires_on": row.retires_on, "document": job.document, **checks, **yearly,
    }  # fmt: skip


def _plain(record: Record) -> bool:
    """Whether the columns of the staff sheet say everything of the record."""
    whole = record.valid_until is None and not record.note and record.organisation_id is None
    if record.kind == "assessment":
        return whole and not record.document and record.valid_from == date(record.year or 1, 12, 31)
    return whole and record.year is None and record.amount is None


def _is_yearly(record: Record) -> bool:
    return record.kind == "assessment" and _plain(record)


def _own(one: Known, kind: str) -> Record | None:
    """The record in the columns of the staff sheet: the latest of the present title, the first certificate."""
    found = [record for record in one.records if record.kind == kind and _plain(record)]
    found.sort(key=lambda record: (record.valid_from, record.value or "", record.document))
    if kind == "certificate":
        return found[0] if found else None
    title = one.appointment.title if one.appointment is not None else None
    return next((record for record in reversed(found) if record.value == title), None)


def _records(one: Known, codes: Mapping[str, str], locale: str) -> list[Row]:
    """What has no column of its own, and the earlier appointments as earlier service."""
    here = one.appointment is not None
    own = {record.id for record in (_own(one, "title"), _own(one, "certificate")) if here and record is not None}
    rows = [
        {
            **who_of(one), "kind": written("record", record.kind, locale),
            "value": written("value", record.value, locale), "basis": written("basis", record.basis, locale),
            "year": record.year, "amount": record.amount, "valid_from": record.valid_from,
            "valid_until": record.valid_until, "document": record.document, "note": record.note,
            "organisation": codes.get(record.organisation_id or ""),
        }
        for record in one.records
        if record.id not in own and not (here and _is_yearly(record)) and record.kind != "departure"
    ]  # fmt: skip
    service = written("record", "service", locale)
    rows += [
        {**who_of(one), "kind": service, "valid_from": job.valid_from, "valid_until": job.valid_until,
         "organisation": codes[job.organisation_id], "document": job.document}
        for job in one.ended if job is not last_of(one) and job.valid_until > job.valid_from
    ]  # fmt: skip
    once = {tuple(sorted((name, str(cell or "")) for name, cell in row.items() if cell)): row for row in rows}
    return sorted(once.values(), key=lambda row: [str(row.get(name) or "") for name in ORDER])


def _roles(one: Known, codes: Mapping[str, str], locale: str) -> list[Row]:
    """Roles that have not ended, but for the one of teacher that comes with the post."""
    rows = [
        {**who_of(one), "organisation": codes[row.organisation_id], "role": written("role", row.role, locale),
         "kind": written("holding", row.kind, locale), "valid_from": row.valid_from, "valid_until": row.valid_until,
         "document": row.document}
        for row in one.roles if row.valid_until is None and not _is_own_teaching(one, row)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["organisation"], row["role"], row["kind"]))


def _is_own_teaching(one: Known, row: Any) -> bool:
    job = one.appointment
    here = job is not None and row.organisation_id == job.organisation_id and row.valid_from == job.valid_from
    return here and row.role == "teacher" and row.kind == "holder"
