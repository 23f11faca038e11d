"""Schools with how many backbone teachers they have."""

from sqlalchemy import FromClause, case, func, select

from service.access.standing import in_force
from service.people.queries import ORGANISATION
from service.reports.declaring import Base, Day
from service.reports.people_rows import DISTRICT, teachers, yes_or_unknown

COMPULSORY_OR_ABOVE = ("primary", "junior", "senior", "vocational")


def schools(day: Day) -> FromClause:
    """Every school of the day, with how many of its teachers are known to be backbone teachers.

    `covered` is 1 with one of them, 0 where every teacher is known to be none, None while somebody's file is not known.
    """
    here = teachers(day)
    counted = yes_or_unknown(here.c.tier <= DISTRICT, here.c)
    counts = (
        select(
            here.c.organisation_id,
            func.sum(case((counted == 1, 1), else_=0)).label("backbone"),
            func.sum(case((counted.is_(None), 1), else_=0)).label("unknown"),
        )
        .group_by(here.c.organisation_id)
        .subquery("counts")
    )
    backbone, unknown = func.coalesce(counts.c.backbone, 0), func.coalesce(counts.c.unknown, 0)
    of_stage = ORGANISATION.c.stage.in_(COMPULSORY_OR_ABOVE)
    return (
        select(
            ORGANISATION.c.id, ORGANISATION.c.name, ORGANISATION.c.id.label("organisation_id"),
            backbone.label("backbone"),
            case((of_stage, 1), (ORGANISATION.c.stage.is_not(None), 0)).label("compulsory_or_above"),
            case((backbone > 0, 1), (unknown == 0, 0)).label("covered"),
        )
        .outerjoin(counts, counts.c.organisation_id == ORGANISATION.c.id)
        .where(ORGANISATION.c.kind == "school", in_force(ORGANISATION.c, day.on))
        .subquery("schools")
    )  # fmt: skip


SCHOOLS = Base("schools", "organisation", schools)
