"""Runs something without the context of the test, as a server runs each request."""

import contextvars
from collections.abc import Callable
from typing import TypeVar

from flask import has_app_context

from service.db import db

T = TypeVar("T")


def outside(call: Callable[[], T]) -> T:
    """Call in an empty context: a request that found the test's context would share its session and its `g`."""
    if has_app_context():
        db.session.rollback()
    return contextvars.Context().run(call)
