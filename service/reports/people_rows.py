"""Who is employed at the schools on a day, one row a person, with the facts that figures ask for: one statement.

Facts are read as `records.deriving` reads them; a second, plain reading in the tests holds both to each other.
"""

from typing import Any

from sqlalchemy import FromClause, Select, and_, case, exists, extract, func, not_, or_, select

from service.access.standing import in_force
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.records.deriving import TIERS
from service.records.reading import CHECK, RECORD
from service.reports.declaring import Base, Day

OUTLYING = ("rural", "remote")
TOWNS = ("city", "town")
TEACHING = ("professional", "dual")
GRADUATE = ("master", "phd")
DISTRICT = TIERS.index("county")
"""Backbone teachers of this tier or a higher one are the bureau's; those of a school are its own affair."""
HELD_POST = APPOINTMENT.c.struck_at.is_(None)
"""An appointment that a correction has struck was none."""
LASTING, SENT = ("backbone", "certificate", "recognition"), ("exchange", "loan")


def staff(day: Day) -> FromClause:
    """Everybody appointed at a school on the day; of two appointments the later one counts."""
    post = APPOINTMENT
    facts, checked = _facts(day), _checked()
    away = ORGANISATION.alias("exchanged_to")
    stage = func.coalesce(post.c.stage, ORGANISATION.c.stage)
    columns = (
        PERSON.c.id, PERSON.c.name, PERSON.c.degree, post.c.organisation_id, post.c.employment_kind,
        post.c.post_category, post.c.band, post.c.subject, post.c.valid_from, stage.label("stage"), post.c.title,
        ORGANISATION.c.stage.label("school_stage"), ORGANISATION.c.area, ORGANISATION.c.weak,
        checked.c.person_id.is_not(None).label("known"), facts.c.tier,
        facts.c.exchanged_on, facts.c.licences, facts.c.city_backbone, facts.c.city_teacher, facts.c.city_principal,
        facts.c.special, facts.c.dual,
        away.c.area.label("to_area"), away.c.weak.label("to_weak"), facts.c.outlying, facts.c.doubtful,
        case((_is_new(day), 1), else_=0).label("new"),
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(post)
        .join(PERSON, PERSON.c.id == post.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == post.c.organisation_id)
        .outerjoin(facts, facts.c.person_id == PERSON.c.id)
        .outerjoin(checked, checked.c.person_id == PERSON.c.id)
        .outerjoin(away, away.c.id == facts.c.exchanged_to)
        .where(HELD_POST, held_alone(post.c, day), ORGANISATION.c.kind == "school")
        .subquery("staff")
    )


STAFF = Base("staff", "person", staff)


def outlying(day: Day) -> FromClause:
    """The teachers of rural and remote schools, and of schools whose area is not known: of `staff`, age alone."""
    place = (PERSON.c.id, PERSON.c.name, APPOINTMENT.c.organisation_id, ORGANISATION.c.area)
    year, birthday = born()
    return (
        outlying_posts(*place, APPOINTMENT.c.subject, APPOINTMENT.c.band, age(year, birthday, day).label("age"))
        .where(held_alone(APPOINTMENT.c, day))
        .subquery("outlying")
    )


def outlying_posts(*columns: Any) -> Select[Any]:
    """Appointments of teachers at these schools, of whatever days; first the schools, as there are the fewest."""
    return (
        select(*columns)
        .select_from(ORGANISATION)
        .join(APPOINTMENT, APPOINTMENT.c.organisation_id == ORGANISATION.c.id)
        .join(PERSON, PERSON.c.id == APPOINTMENT.c.person_id)
        .where(
            ORGANISATION.c.kind == "school",
            or_(ORGANISATION.c.area.in_(OUTLYING), ORGANISATION.c.area.is_(None)),
            APPOINTMENT.c.post_category.in_(TEACHING),
            HELD_POST,
        )
    )


def held_alone(post: Any, day: Day) -> Any:
    """In force on the day, and no later appointment of the person is: of two the later one counts."""
    later = APPOINTMENT.alias("later")
    newer = or_(later.c.valid_from > post.valid_from, and_(later.c.valid_from == post.valid_from, later.c.id < post.id))
    other = (later.c.person_id == post.person_id, in_force(later.c, day.on), later.c.struck_at.is_(None))
    return and_(in_force(post, day.on), ~exists().where(*other, newer))


OUTLYING_TEACHERS = Base("outlying", "person", outlying)


def _is_new(day: Day) -> Any:
    """Whose first appointment in the county began in the school year: there is none from before."""
    before = APPOINTMENT.alias("before")
    earlier = (before.c.person_id == APPOINTMENT.c.person_id, before.c.valid_from < day.school_year)
    return and_(APPOINTMENT.c.valid_from >= day.school_year, ~exists().where(*earlier, before.c.struck_at.is_(None)))


def _facts(day: Day) -> Any:
    """What the records of each person say: the best tier in force, the exchange of the school year, certificates."""
    lasting = and_(RECORD.c.kind.in_(LASTING), in_force(RECORD.c, day.on))
    began = RECORD.c.valid_from.between(day.school_year, day.on)
    this_year, sent = and_(RECORD.c.kind == "exchange", began), and_(RECORD.c.kind.in_(SENT), began)
    outlying = or_(ORGANISATION.c.area.in_(OUTLYING), ORGANISATION.c.weak.is_(True))
    known = and_(ORGANISATION.c.area.is_not(None), ORGANISATION.c.weak.is_not(None))
    tier = case({name: place for place, name in enumerate(TIERS)}, value=RECORD.c.value)

    def held(kind: str, value: str | None = None) -> Any:
        met = RECORD.c.kind == kind if value is None else and_(RECORD.c.kind == kind, RECORD.c.value == value)
        return func.max(case((met, 1), else_=0))

    return (
        select(
            RECORD.c.person_id,
            func.min(case((RECORD.c.kind == "backbone", tier))).label("tier"),
            func.max(case((this_year, RECORD.c.valid_from))).label("exchanged_on"),
            func.max(case((this_year, RECORD.c.organisation_id))).label("exchanged_to"),
            func.max(case((and_(sent, outlying), 1), else_=0)).label("outlying"),
            func.max(case((and_(sent, not_(known)), 1), else_=0)).label("doubtful"),
            held("certificate").label("licences"),
            held("backbone", "city").label("city_backbone"),
            held("backbone", "special").label("special"),
            held("recognition", "city_teacher").label("city_teacher"),
            held("recognition", "city_principal").label("city_principal"),
            held("recognition", "dual_qualified").label("dual"),
        )
        .outerjoin(ORGANISATION, ORGANISATION.c.id == RECORD.c.organisation_id)
        .where(RECORD.c.voided_at.is_(None), RECORD.c.kind.in_((*LASTING, *SENT)), or_(lasting, sent))
        .group_by(RECORD.c.person_id)
        .subquery("facts")
    )


def _checked() -> Any:
    """Whose career HR has looked through: what is not on record there is not."""
    return select(CHECK.c.person_id).where(CHECK.c.topic == "career").subquery("checked")


def born() -> tuple[Any, Any]:
    """The year of birth, and the birthday as a number (1231 for 31 December)."""
    day = PERSON.c.born_on
    return extract("year", day), extract("month", day) * 100 + extract("day", day)


def age(year: Any, birthday: Any, day: Day) -> Any:
    """Full years (周岁): one more on the birthday itself; None where the birth is not known."""
    return day.on.year - year - case((birthday > day.on.month * 100 + day.on.day, 1), else_=0)


def held_title(person_id: Any, day: Day) -> Select[Any]:
    """The latest title on record that is in force; none: the title of the appointment counts."""
    mine = (RECORD.c.person_id == person_id, RECORD.c.kind == "title", RECORD.c.voided_at.is_(None))
    found = select(RECORD.c.value).where(*mine, in_force(RECORD.c, day.on))
    return found.order_by(RECORD.c.valid_from.desc(), RECORD.c.id.desc()).limit(1)


def teachers(day: Day) -> Any:
    """(School, the best tier in force, known) of every teacher: what of `staff` the schools are counted by."""
    post, checked = APPOINTMENT, _checked()
    tier = case({name: place for place, name in enumerate(TIERS)}, value=RECORD.c.value)
    best = (
        select(RECORD.c.person_id, func.min(tier).label("tier"))
        .where(RECORD.c.kind == "backbone", RECORD.c.voided_at.is_(None), in_force(RECORD.c, day.on))
        .group_by(RECORD.c.person_id)
        .subquery("best")
    )
    return (
        select(post.c.organisation_id, best.c.tier, checked.c.person_id.is_not(None).label("known"))
        .outerjoin(best, best.c.person_id == post.c.person_id)
        .outerjoin(checked, checked.c.person_id == post.c.person_id)
        .where(HELD_POST, held_alone(post.c, day), post.c.post_category.in_(TEACHING))
        .subquery("teachers")
    )


def yes_or_unknown(met: Any, row: Any) -> Any:
    """1 where it is on record, 0 where HR has looked and it is not, None where nobody has looked."""
    return case((met, 1), (row.known, 0))
