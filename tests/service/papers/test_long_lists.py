"""A list of sixty with long names on A4: headings and numbers on every page, the seal never without the text's end."""

from io import BytesIO

from pypdf import PdfReader

from service.evidence import pdf
from service.papers import checking, drawing, package, places, shipped
from service.papers.filling import Filling, fill
from service.papers.kinds import KINDS

NAMES = ("阿卜杜热合曼·买买提吐尔逊江", "示例甲")
SCHOOLS = ("示例县青石镇第二中心小学附属希望教学点（寄宿制）", "示例县第一小学")


def test_a_list_of_sixty_is_read_on_any_of_its_pages() -> None:
    kind = KINDS["publicity_notice"]
    lines = [{"name": NAMES[one % 7 > 0], "place": SCHOOLS[one % 5 > 0], "what": "语文"} for one in range(60)]
    known = kind.example()
    document = package.opened(shipped.content(kind.code))
    places.flatten(document)
    fill(document, Filling({**known, "notice": {**known["notice"], "lines": lines}}, checking.EXAMPLE_AT))
    pages = PdfReader(BytesIO(pdf.render(drawing.page(document, "", "")))).pages
    read = [page.extract_text() for page in pages]
    assert len(read) > 2
    listed = [text for text in read if "示例甲" in text]
    assert all("序号" in text and "姓名" in text for text in listed)
    assert [f"— {number} —" in text for number, text in enumerate(read, start=1)] == [True] * len(read)
    sealed = next(text for text in read if "（盖章处）" in text)
    assert "受理部门" in sealed and "示例县教育局" in sealed
    assert "".join(read).replace("\n", "").count("买买提吐尔逊江") == 9
