"""A plain checker of a result, independent of the solver: it shares no rule with it and reads only the inputs."""

from collections import Counter
from collections.abc import Mapping

from service.flows.exchange.matching.problem import Assignment, Opening, Problem, Teacher


def violations(problem: Problem, assignment: Assignment) -> list[str]:
    """Every lock, headcount, post, subject, stage or refusal that the result breaks; empty when it breaks none."""
    teachers = {teacher.id: teacher for teacher in problem.teachers}
    openings = {opening.id: opening for opening in problem.openings}
    unknown = [f"unknown: {who} → {what}" for who, what in assignment.items() if who not in teachers or
               what not in openings]  # fmt: skip
    if unknown:
        return unknown
    found = [
        f"{name}: {who} → {what}"
        for who, what in assignment.items()
        for name, is_so in _wrong(teachers[who], openings[what]).items()
        if is_so
    ]
    return [*found, *_passed_over(problem, assignment), *_overfull(problem, assignment, teachers, openings)]


def _wrong(teacher: Teacher, opening: Opening) -> dict[str, bool]:
    """What may speak against somebody at a place, and whether it does."""
    return {
        "locked": teacher.locked,
        "own school": teacher.school == opening.school,
        "subject": teacher.subject != opening.subject,
        "stage": teacher.stage != opening.stage,
        "band": opening.band != "" and opening.band != teacher.band,
        "no band": opening.manner in ("bring", "lend") and teacher.band == "",
        "declined": teacher.id in opening.declined,
        "not assessed": opening.competition and teacher.id not in opening.ranked,
        "not wished": opening.id not in teacher.wishes and not teacher.anywhere,
    }


def _overfull(
    problem: Problem, assignment: Assignment, teachers: Mapping[str, Teacher], openings: Mapping[str, Opening]
) -> list[str]:
    """Where more come, or take a post along, than there is room."""
    filled, headcount, pool = Counter[str](), Counter[str](), Counter[str]()
    posts, given = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for who, what in assignment.items():
        teacher, opening = teachers[who], openings[what]
        filled[what] += 1
        headcount[opening.school] += opening.manner in ("move", "bring", "lend") and teacher.staffed
        posts[opening.school, teacher.band] += opening.manner == "move" and teacher.band != ""
        pool[teacher.band] += opening.manner == "lend" and teacher.band != ""
        given[teacher.school, teacher.band] += opening.manner == "bring"
        given[teacher.school, "upper"] += opening.manner == "bring" and teacher.band != "junior"
    return [
        *(f"places: {what}" for what, count in filled.items() if count > openings[what].count),
        *(f"headcount: {school}" for school, count in headcount.items() if count > problem.headcount.get(school, 0)),
        *(f"posts: {school} {band}" for (school, band), count in posts.items()
          if count > problem.posts.get(school, {}).get(band, 0)),
        *(f"given: {school} {name}" for (school, name), count in given.items()
          if count > problem.given.get(school, {}).get(name, count)),
        *(f"pool: {band}" for band, count in pool.items() if count > problem.pool.get(band, 0)),
    ]  # fmt: skip


def _passed_over(problem: Problem, assignment: Assignment) -> list[str]:
    """Where a competition gave a place to somebody before one who did better, wished for it and needs no more."""
    teachers, found = {teacher.id: teacher for teacher in problem.teachers}, []
    for opening in problem.openings:
        for place, who in enumerate(opening.ranked if opening.competition else ()):
            for worse in opening.ranked[place + 1 :]:
                if who not in teachers or assignment.get(worse) != opening.id:
                    continue
                better, other = teachers[who], teachers[worse]
                got = better.wishes.index(assignment[who]) if assignment.get(who) in better.wishes else 99
                alike = _needs(problem, better, opening) == _needs(problem, other, opening)
                if alike and _may_come(better, opening) and got > better.wishes.index(opening.id):
                    found.append(f"competition: {worse} → {opening.id} before {who}")
    return found


def _may_come(teacher: Teacher, opening: Opening) -> bool:
    """Whether the place is one that somebody has wished for and may have, however full it is."""
    fits = (teacher.subject, teacher.stage) == (opening.subject, opening.stage) and teacher.school != opening.school
    graded = opening.band in ("", teacher.band) and (teacher.band != "" or opening.manner not in ("bring", "lend"))
    return opening.id in teacher.wishes and fits and graded and not teacher.locked


def _needs(problem: Problem, teacher: Teacher, opening: Opening) -> tuple[object, ...]:
    """What somebody takes of a school: who needs the same stands in one row; on loan nobody takes anything.

    With the own post also what the own school may give, where that is limited.
    """
    if opening.manner == "loan":
        return ()
    if opening.manner != "bring":
        return teacher.staffed, teacher.band
    names = (teacher.band,) if teacher.band == "junior" else (teacher.band, "upper")
    limits = problem.given.get(teacher.school, {})
    return teacher.staffed, *((teacher.school, name) for name in names if name in limits)
