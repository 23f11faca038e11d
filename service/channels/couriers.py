"""Couriers: each channel that leaves the house is worked by a thread of its own, so that a dead one delays nobody."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from flask import Flask, current_app

from service import metrics
from service.channels import mail, practising, recipients, relay
from service.channels.rules import MAIL
from service.db import db
from service.notices import delivery
from service.notices.delivery import Sender

EXTENSION = "lectern.couriers"
BUDGET_SECONDS = 20.0
"""A courier comes home after this long; the next tick sends it out again."""
FIRST_SILENCE, LONGEST_SILENCE = 15.0, 300.0

_log = logging.getLogger("lectern.notices")
Opened = Callable[[], AbstractContextManager[Sender]]


@dataclass
class _Courier:
    """What this process knows of a channel: its thread, and how long it is left in peace."""

    thread: threading.Thread | None = None
    failures: int = 0
    silent_until: float = 0.0

    @property
    def ready(self) -> bool:
        busy = self.thread is not None and self.thread.is_alive()
        return not busy and time.monotonic() >= self.silent_until

    def note(self, reachable: bool) -> None:
        self.failures = 0 if reachable else self.failures + 1
        pause = 0.0 if reachable else min(LONGEST_SILENCE, FIRST_SILENCE * 2 ** min(self.failures - 1, 10))
        self.silent_until = time.monotonic() + pause


class Couriers:
    """The couriers of one process. Threads are not daemons: the interpreter waits until each has come home."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._couriers: dict[str, _Courier] = {}

    def send_out(self) -> None:
        """Send out a courier for every channel with something due, that is not on the way and not silent."""
        now = self._app.extensions["lectern.clock"].now()
        for channel, opened in channels().items():
            courier = self._couriers.setdefault(channel, _Courier())
            if courier.ready and delivery.waits(channel, now):
                courier.thread = threading.Thread(
                    target=self._carry, args=(channel, opened, courier), name=f"courier-{channel}"
                )
                courier.thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until all have come home; tests and the end of a process call it."""
        for courier in self._couriers.values():
            if courier.thread is not None:
                courier.thread.join(seconds)

    def _carry(self, channel: str, opened: Opened, courier: _Courier) -> None:
        home = time.monotonic() + BUDGET_SECONDS
        clock = self._app.extensions["lectern.clock"]
        main = threading.main_thread()
        with self._app.app_context():
            try:
                with opened() as send:
                    done = delivery.work(channel, send, clock, lambda: time.monotonic() > home or not main.is_alive())
                courier.note(done.reachable)
            except Exception:  # noqa: BLE001 - the edge of a courier: whatever it meets, the next one is sent out later
                _log.exception("courier failed", extra={"channel": channel})
                courier.note(reachable=False)
            finally:
                db.session.remove()
        metrics.CHANNELS_SILENT.set(sum(other.failures > 0 for other in self._couriers.values()))


def channels() -> dict[str, Opened]:
    """Every channel that leaves the house, with what opens it: e-mail where a server is set, and declared ones.

    In practice they are the same, and each sends nothing.
    """
    found: dict[str, Opened] = {}
    settings = current_app.extensions["lectern.settings"]
    server = settings.smtp
    if server is not None:
        found[MAIL] = partial(mail.opened, server)
    session = db.session()
    for key, row in recipients.declared(session).items():
        found[key] = partial(relay.opened, row)
    session.rollback()
    return dict.fromkeys((MAIL, *found), practising.opened) if settings.practice else found


def send_out() -> None:
    """Send out the couriers of this process."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    couriers: Couriers = app.extensions.setdefault(EXTENSION, Couriers(app))
    couriers.send_out()
