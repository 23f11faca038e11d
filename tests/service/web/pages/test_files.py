"""Files in the browser: uploaded before the form, saved and never shown in place."""

from io import BytesIO

from service.demo.cases import minutes_pdf
from tests.service.web.pages.browser import Site

JSON = "application/json"


def upload(site: Site, who: str = "s01.hr", name: str = "校务会纪要.pdf", content: bytes | None = None, **options):
    data = {"file": (BytesIO(content if content is not None else minutes_pdf()), name)}
    return site.visitor(who).post("/attachments", data, accept=JSON, **options)


def test_a_file_goes_up_and_comes_down_as_it_was(site: Site) -> None:
    stored = upload(site)
    assert stored.status_code == 200
    assert stored.json["name"] == "校务会纪要.pdf"
    assert stored.json["size"] == len(minutes_pdf())
    assert stored.json["size_words"] == "1 KB"
    found = site.visitor("s01.hr").get(stored.json["url"])
    assert found.data == minutes_pdf()
    assert found.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6%A0%A1")
    assert found.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_what_was_not_handed_in_is_seen_by_its_uploader_only(site: Site) -> None:
    url = upload(site).json["url"]
    assert site.visitor("s02.hr").get(url).status_code == 404
    assert site.visitor("s01.principal").get(url).status_code == 404


def test_a_wrong_kind_of_file_is_refused_in_words_of_both_languages(site: Site) -> None:
    refused = upload(site, name="macro.exe", content=b"MZ")
    assert refused.status_code == 415
    assert "macro.exe" in refused.json["detail"]
    data = {"file": (BytesIO(b"MZ"), "macro.exe")}
    english = site.visitor("s01.hr", "en").post("/attachments", data, accept=JSON)
    assert "not taken" in english.json["detail"]


def test_a_form_without_file_and_one_without_token_are_refused(site: Site) -> None:
    assert site.visitor("s01.hr").post("/attachments", accept=JSON).status_code == 422
    assert upload(site, with_token=False).status_code == 400


def test_a_pdf_is_looked_at_in_a_page_without_scripts_that_nobody_can_frame(site: Site) -> None:
    stored = upload(site).json
    clerk = site.visitor("s01.hr")
    page = clerk.get(f"/attachments/{stored['id']}/view")
    assert page.status_code == 200 and "<script" not in page.text and "SHA-256" in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    content = clerk.get(f"/attachments/{stored['id']}/content")
    assert content.data == minutes_pdf()
    assert content.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert content.headers["Content-Security-Policy"] == "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
    assert content.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_shown_in_a_sandbox_and_other_kinds_are_not_shown_at_all(site: Site) -> None:
    picture = upload(site, name="照片.png", content=b"\x89PNG\r\n\x1a\n" + bytes(40)).json
    content = site.visitor("s01.hr").get(f"/attachments/{picture['id']}/content")
    assert content.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    old = upload(site, name="表.doc", content=bytes.fromhex("d0cf11e0a1b11ae1") + bytes(40)).json
    assert site.visitor("s01.hr").get(f"/attachments/{old['id']}/content").status_code == 404


def test_who_may_not_see_the_case_can_look_at_nothing_of_it(site: Site) -> None:
    stored = upload(site).json
    for part in ("view", "content"):
        assert site.visitor("s02.hr").get(f"/attachments/{stored['id']}/{part}").status_code == 404


def test_the_form_says_how_large_a_file_may_be_and_of_which_kinds(site: Site) -> None:
    page = site.visitor("s01.hr").text("/start/hiring")
    assert "20 MB" in page and "OFD" in page
