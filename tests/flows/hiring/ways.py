"""How a hiring may have come on paper to each of its steps."""

from tests.flows.hiring.telling import Paper, applicants


def returned(paper):
    """A review asked for a correction, which the school owes since."""
    return (
        paper.step("bureau_review", "review", "return", opinion="补充纪要")
        .step("staffing_check", "review")
        .step("post_check", "review")
    )


def plain(paper):
    """Of the other school, that the bureau organises for."""
    return paper.reviewed().step("approval", "granted", approval_number="教批〔2026〕7号")


def bureau_announced(paper):
    return plain(paper).step("announce_bureau", "announced", "publish", announced_at="教育局网站")


def qualified(paper, number=3):
    return paper.announced().step("qualify_school", "qualified", "confirm", rows=applicants(number))


WAYS = {
    "bureau_review": ("s01", lambda paper: paper),
    "post_check": ("s01", lambda paper: paper.step("staffing_check", "review")),
    "correction": ("s01", returned),
    "filing": ("s01", Paper.reviewed),
    "announce_school": ("s01", lambda paper: paper.reviewed().step("filing", "granted", "accept")),
    "qualify_school": ("s01", Paper.announced),
    "exam_school": ("s01", qualified),
    "ratio_decision": ("s01", lambda paper: qualified(paper, 2)),
    "interview": ("s01", lambda paper: paper.examined(3, "exam_school")),
    "inspection": ("s01", lambda paper: paper.examined(3)),
    "choice": ("s01", lambda p: p.examined(3).step("inspection", "inspection", "confirm", inspection_note="无异常")),
    "approval": ("s02", Paper.reviewed),
    "announce_bureau": ("s02", plain),
    "qualify_bureau": ("s02", bureau_announced),
    "exam_bureau": (
        "s02",
        lambda paper: bureau_announced(paper).step("qualify_bureau", "qualified", "confirm", rows=applicants(3)),
    ),
}
"""Where a hiring may stand, of which school, and how it came there."""
FEW = ("correction", "exam_bureau", "choice")


def told_at(driver, element_id, number=1):
    school, way = WAYS[element_id]
    return way(Paper(driver, element_id, school=school, count=number))
