"""Errors as replies, in one place: application/problem+json for the API, a page for browsers (RFC 9457, design §5)."""

from collections.abc import Mapping
from typing import Any, cast

import structlog
from apiflask.exceptions import HTTPError
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from service.errors import Conflict, Fault, Forbidden, Invalid, LecternError, NotFound
from service.incidents.commands import record_incident
from service.incidents.record import Failure
from service.web import edge
from service.web.validation import faults_of
from service.web.words import words
from workflows.failures import EngineFault

STATUS: dict[type[LecternError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}
OWN_STATUS = {
    "access.login_needed": 401,
    "access.login_failed": 401,
    "access.throttled": 429,
    "signon.unreachable": 503,
    "publicity.throttled": 429,
    "urging.too_soon": 429,
    "attachment.too_large": 413,
    "attachment.type": 415,
    "import.too_large": 413,
    "body.unreadable": 400,
    "body.nul": 400,
    "body.too_deep": 400,
    "version.unreadable": 400,
    "idempotency.key_unreadable": 400,
}
"""Codes whose status is not that of their kind."""
TYPE = "urn:lectern:problem:"

log = structlog.get_logger()


def init(app: Flask) -> None:
    """Answer every error of a command, of HTTP, of the schemas and of ours."""
    app.register_error_handler(LecternError, on_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(HTTPError, on_schema_error)
    app.register_error_handler(Exception, on_crash)


def status_of(error: LecternError) -> int:
    """The HTTP status of an error: by its code, else by its kind."""
    if error.code in OWN_STATUS:
        return OWN_STATUS[error.code]
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def on_error(error: LecternError) -> Any:
    """An error that the caller can act on; one of the engine is recorded as an incident first."""
    if isinstance(error, EngineFault):
        return on_crash(error)
    return answer(status_of(error), error.code, error.params, error.faults, told=not isinstance(error, NotFound))


def on_http_error(error: HTTPException) -> Any:
    """An error of HTTP itself: unknown address, method, media type, too long a body."""
    reply = answer(error.code or 500, f"http.{error.code}", {"path": request.path})
    if isinstance(reply, Response):
        for name, value in error.get_headers():
            if name in ("Allow", "Location", "Retry-After"):
                reply.headers[name] = value
    return reply


def on_schema_error(error: HTTPError) -> Any:
    """A body or query that does not fit its schema."""
    return answer(error.status_code, "request.invalid", {}, faults_of(error.detail))


def on_crash(error: Exception) -> Any:
    """Our own fault: everything is rolled back, the failure is written down, the admin is told (design §2)."""
    log.exception("request.failed", path=request.path)
    failure = failure_of(error)
    record_incident(edge.actor(), failure, now=edge.now())
    return answer(500, "server.failed", {"request_id": failure.request_id})


def failure_of(error: Exception) -> Failure:
    """What is written down of a failed command: case and element where the engine knows them, never values."""
    arguments = request.view_args or {}
    return Failure(
        instance_id=arguments.get("instance_id"),
        element_id=getattr(error, "element_id", ""),
        kind="command",
        code=getattr(error, "code", None) or type(error).__name__,
        message=f"{request.method} {request.url_rule or request.path}: {type(error).__name__}",
        subject_id=arguments.get("task_id"),
        request_id=g.get("request_id"),
    )


def answer(
    status: int, code: str, params: Mapping[str, Any], faults: tuple[Fault, ...] = (), *, told: bool = True
) -> Any:
    """The reply in the caller's language: a page where a page was asked for, else problem+json.

    `told` is false for what is absent: whether it is hidden must not be seen from its parameters.
    """
    body = body_of(status, code, params, faults, edge.locale())
    body |= {} if told else {"params": {}}
    page = current_app.extensions.get("lectern.error_page")
    if page is not None and not request.path.startswith("/api/") and wants_page():
        return page(body), status
    reply = cast("Response", current_app.json.response(body))
    reply.status_code = status
    reply.mimetype = "application/problem+json"
    return challenged(reply, params)


def body_of(
    status: int, code: str, params: Mapping[str, Any], faults: tuple[Fault, ...], locale: str
) -> dict[str, Any]:
    """The members of a problem (design §5); `findings` where the deploy gate refused."""
    body = {
        "type": TYPE + code,
        "title": words(f"status.{status}", {}, locale),
        "status": status,
        "detail": words(code, params, locale),
        "code": code,
        "params": {name: value for name, value in params.items() if isinstance(value, str | int | bool | None)},
        "errors": [error_of(fault, locale) for fault in faults],
    }
    findings = [fault.params["finding"].as_json(locale) for fault in faults if "finding" in fault.params]
    return body | {"findings": findings} if findings else body


def error_of(fault: Fault, locale: str) -> dict[str, str]:
    """A fault in the caller's language: by its code, else in the words that it carries."""
    message = fault.params[locale] if locale in fault.params else words(fault.code, fault.params, locale)
    if "finding" in fault.params:
        message = fault.params["finding"].text(locale)
    return {"path": fault.path, "code": fault.code, "message": message if message != fault.code else fault.message}


def wants_page() -> bool:
    """Whether the browser asked for HTML (a page or a piece of one)."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html"


def challenged(reply: Response, params: Mapping[str, Any]) -> Response:
    """401 says how to log in (RFC 9110 §11.6.1), 429 when to come back."""
    if reply.status_code == 401:
        reply.headers["WWW-Authenticate"] = 'Bearer realm="lectern"'
    if "retry_after" in params:
        reply.headers["Retry-After"] = str(params["retry_after"])
    return reply
