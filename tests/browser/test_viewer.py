"""A picture and a PDF looked at in a real browser, under the strict policy of their pages."""

import struct
import zlib
from io import BytesIO

import pytest
from playwright.sync_api import expect

from service.attachments.commands import StoreAttachment, store_attachment
from service.demo.cases import minutes_pdf
from tests.browser.people import House

pytestmark = pytest.mark.browser


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(size: int = 40) -> bytes:
    """A grey square."""
    rows = b"".join(b"\0" + b"\x80" * size for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_a_picture_and_a_pdf_are_shown_and_the_policy_has_nothing_to_refuse(house: House) -> None:
    driver, clerk = house.site.driver, house.person("s01.hr")
    for name, content in (("照片.png", png()), ("纪要.pdf", minutes_pdf())):
        stored = StoreAttachment(BytesIO(content), name)
        file = store_attachment(driver.actor("s01.hr"), stored, now=driver.now)
        clerk.go(f"/attachments/{file}/view")
        if name.endswith("png"):
            assert clerk.page.locator("main img").evaluate("image => image.naturalWidth") == 40
        else:
            expect(clerk.page.locator("main iframe")).to_be_visible()
            frame = clerk.page.locator("main iframe").element_handle().content_frame()
            assert frame is not None and frame.url.endswith(f"/attachments/{file}/content")
