"""Addresses of pages and of the API, put together when one is first asked for."""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule

Built = Callable[..., tuple[str, str]]


class Address(Rule):
    """A rule of the routing whose builders are compiled late.

    Werkzeug compiles two functions for each rule when it is added, a tenth of the start of the service; a process
    builds the addresses of a few. `_compile_builder` is not public: tests/service/web/test_addresses.py holds it.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Built:
        compiled = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled(append_unknown)(rule, **values)

        return build
