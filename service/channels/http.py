"""One HTTP request to a channel: to the address that was checked, without redirects, within limits of time and size."""

import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.channels.hosts import PORTS, resolve
from service.notices.delivery import RefusedError, UnreachableError

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 20.0
LARGEST_REPLY = 64 << 10


@dataclass(frozen=True)
class Outgoing:
    """A POST that is ready to be sent; `hidden` is what stands in it and in no log."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    hidden: tuple[str, ...] = ()


class _Pinned(http.client.HTTPConnection):
    """Connects to one address, whatever the name may resolve to by now; the certificate is that of the name."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._context = context
        self.line: socket.socket | None = None

    def connect(self) -> None:
        self.line = socket.create_connection((self._address, self.port), self.timeout)
        if self._context:
            self.line = secured = self._context.wrap_socket(
                self.line, server_hostname=self.host, do_handshake_on_connect=False
            )
            secured.do_handshake()
        self.sock = self.line


def post(request: Outgoing, allowed: Collection[str], whole: float = WHOLE_SECONDS) -> bytes:
    """Send and return the body of a 2xx reply.

    RefusedError: 400, 413, 422, which speak of this message. UnreachableError: no connection, no answer in time, and
    every other status, redirects too: whoever keeps the gateway has to put it right, and nothing is lost meanwhile.
    """
    parts = urlsplit(request.url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    address = resolve(host, port, allowed)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    connection = _Pinned(host, port, address, context, CONNECT_SECONDS)
    guard = threading.Timer(whole, _cut, (connection,))
    guard.daemon = True
    guard.start()
    try:
        return _answered(connection, parts.path or "/", parts.query, request)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        raise UnreachableError(f"{host}: {type(failure).__name__}: {failure}") from failure
    finally:
        guard.cancel()
        connection.close()


def _answered(connection: http.client.HTTPConnection, path: str, query: str, request: Outgoing) -> bytes:
    connection.request("POST", f"{path}?{query}" if query else path, request.body, dict(request.headers))
    reply = connection.getresponse()
    body = reply.read(LARGEST_REPLY)
    if 200 <= reply.status < 300:
        return body
    said = f"HTTP {reply.status} {body[:200].decode('utf-8', 'replace')}"
    raise RefusedError(said) if reply.status in (400, 413, 422) else UnreachableError(said)


def _cut(connection: _Pinned) -> None:
    """End a conversation that a drop at a time would keep alive for ever, in the handshake or in the reply.

    By our own hold of the line: http.client lets go of its one as soon as a reply says that it is the last.
    """
    if connection.line is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection.line, socket.SHUT_RDWR)
