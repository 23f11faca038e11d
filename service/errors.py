"""The four kinds of error under the service's name; every code's words live in `service.web.problems`."""

from workflows.errors import Conflict, Fault, Forbidden, Invalid, LecternError, NotFound

__all__ = ["Conflict", "Fault", "Forbidden", "Invalid", "LecternError", "NotFound"]
