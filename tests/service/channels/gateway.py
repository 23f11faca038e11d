"""A gateway of this machine that keeps what is posted to it and answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from sqlalchemy import insert

from service.channels.recipients import CHANNEL
from service.db import transaction
from tests.conftest import START
from tests.service.channels.mailhouse import HOST


@dataclass
class Gateway:
    """Its address, the requests that came, and its answer."""

    port: int = 0
    status: int = 200
    answer: bytes = b'{"errcode": 0}'
    location: str | None = None
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway that runs."""
    found = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((self.path, dict(self.headers), body))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.send_header("Content-Length", str(len(found.answer)))
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    found.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def declare(url: str, key: str = "hook", **changes: Any) -> None:
    """Write a channel as an admin would have declared it."""
    row = {
        "key": key, "name": "网关", "name_en": "Gateway", "url": url, "headers": {}, "format": "json",
        "body": '{"text": "{{text}}", "flow": "{{flow}}", "due": "{{due}}", "link": "{{link}}"}',
        "signing": "none", "secret_name": None, "recipient": "none", "expect": "", "kinds": [], "active": True,
        "version": 1, "changed_at": START,
    }  # fmt: skip
    with transaction() as session:
        session.execute(insert(CHANNEL), [row | changes])
