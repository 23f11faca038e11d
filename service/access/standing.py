"""Who stands for a role on a day: its holders who are present, else its standing alternates (policy.md §1)."""

from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Table, and_, case, exists, or_, true

from service.access.models import RoleAssignment

ROLE = cast("Table", RoleAssignment.__table__)


def in_force(c: Any, day: Any) -> ColumnElement[bool]:
    """Assignments (or appointments) whose days contain `day`: valid_from ≤ day < valid_until."""
    return and_(c.valid_from <= day, or_(c.valid_until.is_(None), c.valid_until > day))


def present(c: Any, day: Any) -> ColumnElement[bool]:
    """Not away on `day`."""
    away = and_(c.absent_from <= day, or_(c.absent_until.is_(None), c.absent_until > day))
    return or_(c.absent_from.is_(None), ~away)


def acting(source: FromClause, day: Any) -> ColumnElement[bool]:
    """True for a holder, and for an alternate while no holder of the same role is there.

    An absent holder keeps the right to act: the alternate joins, nobody is locked out of the own desk.
    """
    other = ROLE.alias("present_holder")
    holder_there = exists().where(
        other.c.role == source.c.role,
        other.c.organisation_id == source.c.organisation_id,
        other.c.kind == "holder",
        in_force(other.c, day),
        present(other.c, day),
    )
    return case((source.c.kind == "holder", true()), else_=~holder_there)
