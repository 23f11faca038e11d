"""An approval sheet as PDF: by WeasyPrint, loaded when the first one is asked for; one at a time in a process."""

import logging
import threading
from typing import Any

from service.errors import Conflict

_ONE = threading.Lock()
NEEDED = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
"""Debian packages without which nothing can be drawn."""


def render(html: str) -> bytes:
    """The PDF of a page that stands alone: pictures as `data:` addresses, styles inside, nothing is fetched.

    Conflict("sheet.no_pdf") with the packages to install where Pango is missing. The rest of the app needs none of it.
    """
    try:
        from weasyprint import HTML
    except OSError as missing:
        raise Conflict("sheet.no_pdf", packages=NEEDED) from missing
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # what is for screens only is no warning
    with _ONE:
        found: bytes = HTML(string=html, url_fetcher=_inside_only()).write_pdf()
    return found


def _inside_only() -> Any:
    """A fetcher that reads what stands in the page itself and refuses every other address."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)
