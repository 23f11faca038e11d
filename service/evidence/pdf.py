"""An approval sheet as PDF: by WeasyPrint, loaded when the first one is asked for; one at a time in a process.

`python -m service.evidence.pdf` draws the page of its standard input, for `apart`.
"""

import logging
import os
import subprocess
import sys
import threading
from typing import Any

from service.errors import Conflict

_ONE = threading.Lock()
PATIENCE = 180.0
"""Seconds that a sheet may take in a process of its own, on a busy machine."""
MISSING = 3
"""How that process ends where Pango is missing."""
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


def apart(html: str) -> bytes:
    """The same in a process of its own, of low priority, that takes its memory with it when it ends.

    Conflict("sheet.no_pdf") where Pango is missing, RuntimeError when the process fails or takes minutes.
    """
    command = [sys.executable, "-m", __spec__.name]
    done = subprocess.run(command, input=html.encode(), capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    if done.returncode == MISSING:
        raise Conflict("sheet.no_pdf", packages=NEEDED)
    if done.returncode:
        raise RuntimeError(f"drawing ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def main() -> int:
    """Draw the page of standard input to standard output."""
    os.nice(10)
    try:
        drawn = render(sys.stdin.buffer.read().decode())
    except Conflict:
        return MISSING
    sys.stdout.buffer.write(drawn)
    return 0


def _inside_only() -> Any:
    """A fetcher that reads what stands in the page itself and refuses every other address."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)


if __name__ == "__main__":
    sys.exit(main())
