"""Official papers and templates through the API."""

from io import BytesIO

from tests.service.papers import files
from tests.service.web.api.house import House
from tests.service.web.api.test_publicity import published

ASKED = {"kind": "publicity_notice", "given": {"contact": "人事科，0571-88123456"}}


def test_a_paper_is_issued_once_a_key_listed_sealed_and_read_by_its_case_s_readers(any_house: House) -> None:
    house = any_house
    case = published(house)
    hr, here = house.caller("bureau.hr"), f"/process-instances/{case}/papers"
    wrong = hr.post(here, {"kind": "publicity_notice"})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "given.contact")
    made = hr.post(here, ASKED, headers={"Idempotency-Key": "one"})
    again = hr.post(here, ASKED, headers={"Idempotency-Key": "one"})
    assert (made.status_code, again.json) == (201, made.json)
    paper = made.json
    assert (paper["number"], paper["template_version"], paper["personal"]) == ("教公示〔2026〕1号", 1, False)
    assert hr.get(here).json["items"] == hr.get("/papers?year=2026").json["items"] == [paper]
    assert hr.get("/papers?year=2025").json["items"] == []
    assert "0571-88123456" in files.text_of(hr.get(f"/papers/{paper['id']}/file.docx").data)
    assert hr.get(f"/papers/{paper['id']}/file.xlsx").status_code == 404
    upload = {"file": (BytesIO(b"%PDF-1.4 x"), "盖章.pdf")}
    scan = hr.post("/attachments", data=upload, content_type="multipart/form-data").json["id"]
    assert hr.post(f"/papers/{paper['id']}/scan", {"attachment_id": scan}).status_code == 204
    assert hr.get(f"/papers/{paper['id']}").json["scans"][0]["attachment_id"] == scan
    assert hr.get(f"/papers/{paper['id']}/scans/{scan}").data == b"%PDF-1.4 x"
    assert [house.caller(who).get(f"/papers/{paper['id']}").status_code for who in ("s02.hr", "s01.hr")] == [200, 404]
    assert house.caller("s02.hr").post(here, ASKED).status_code == 403


def test_a_template_is_brought_published_by_another_and_retired(any_house: House) -> None:
    hr, chief = any_house.caller("bureau.hr"), any_house.caller("bureau.chief")
    kinds = {kind["code"]: kind for kind in hr.get("/paper-kinds").json["items"]}
    assert {"name": "persons[].id_number", "words": "身份证号（留痕）", "example": "110101199605040023"} in (
        kinds["filing_letter"]["fields"]
    )
    assert not any("id_number" in one["name"] for one in kinds["publicity_notice"]["fields"])
    here = "/paper-templates/transfer_order"
    content = hr.get(f"{here}/0/file").data
    bad = {"file": (BytesIO(files.template("{= person.nmae}")), "a.docx"), "note": "x"}
    refused = hr.post(here, data=bad, content_type="multipart/form-data")
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "p1")
    sent = {"file": (BytesIO(content), "a.docx"), "note": "改抬头"}
    made = hr.post(here, data=sent, content_type="multipart/form-data").json["template_id"]
    version = f"/paper-template-versions/{made}"
    assert [one.post(f"{version}/publish", {}).status_code for one in (hr, chief, chief)] == [403, 204, 409]
    [row] = hr.get(here).json["items"]
    assert (row["version"], row["state"], row["note"]) == (1, "published", "改抬头")
    assert hr.get(f"{here}/1/file").data == content
    assert hr.get(f"{here}/1/cases").json == {"cases": [], "never": []}
    assert any_house.caller("s01.hr").get(f"{here}/1/cases").status_code == 403
    assert hr.post(f"{version}/retire", {"reason": "误"}).status_code == 204
    assert any_house.caller("s01.hr").get(here).status_code == 403
