"""The order by which somebody goes to another school: drawn up from the placement's own case."""

from service.papers import queries
from service.papers.commands import IssuePaper, issue_paper
from tests.service.papers import files


def test_a_placement_has_its_transfer_order_and_letter_of_introduction(waiting):
    world, case = waiting()
    hr = world.actor("bureau.hr")
    said = {"report_by": "2026-10-30", "basis": "教〔2026〕9号", "to": "S02"}
    for kind, expected in (
        ("transfer_order", ("到S02工作（调入）", "于2026年10月30日前办结", "依据：教〔2026〕9号。")),
        ("introduction_letter", ("同志到你处报到", "S02：")),
    ):
        issued = issue_paper(hr, IssuePaper(case.id, kind, said), now=world.now)
        paper = queries.paper(hr, issued.paper_id)
        text = files.text_of(queries.file(hr, issued.paper_id, "docx").path.read_bytes())
        assert all(word in text for word in (*expected, paper.row.about)), text
