"""What a run may raise beside the four kinds: a refusal the diagram can catch, and a fault with its place."""

from collections.abc import Mapping
from typing import Any

from workflows.errors import LecternError


class BusinessError(Exception):
    """An expected refusal by an operation: goes to the error boundary event that catches `code`.

    Raise it before writing anything. `variables` are handed to the path that follows. Uncaught by the diagram it
    becomes an EngineFault "engine.error_uncaught".
    """

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.variables = dict(variables or {})


class EngineFault(LecternError):
    """A run failed at `element_id`; the caller rolls back and records an incident. `cause` is what was raised there."""

    def __init__(self, code: str, element_id: str, cause: Exception | None = None, **params: Any) -> None:
        super().__init__(code, element_id=element_id, **params)
        self.element_id = element_id
        self.cause = cause
        if cause is not None:
            self.params["reason"] = str(cause)
