"""Papers of a title application: the list that is published, and the form of approval for the post."""

from service.papers import queries
from service.papers.commands import IssuePaper, issue_paper
from tests.flows.title import acting, county
from tests.service.papers import files


def test_an_application_has_its_notice_and_its_form_of_approval(driver):
    case = acting.recommended(acting.apply(driver, county.teacher(driver, "li")))
    hr = driver.actor("bureau.hr")
    given = {"contact": "人事科", "basis": "评委会文件"}
    for kind, expected in (
        ("publicity_notice", ("职称评审结果公示", "一级 · 语文", "S02")),
        ("approval_form", ("中级岗位", "评委会文件", "一级 · 语文")),
    ):
        issued = issue_paper(hr, IssuePaper(case.id, kind, given, blanks=True), now=driver.now)
        text = files.text_of(queries.file(hr, issued.paper_id, "docx").path.read_bytes())
        assert all(word in text for word in (*expected, queries.paper(hr, issued.paper_id).row.about)), text
