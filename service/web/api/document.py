"""What the OpenAPI document says of every operation: security, the shape of errors, headers of changes."""

import warnings
from typing import Any

from apiflask import APIFlask

from service.web.api.schemas.base import Problem

PROBLEM = "application/problem+json"
PREFIX = "/api/v1"
BEARER = "bearer"
REFERENCE = "#/components/schemas/"
DESCRIPTION = """Lectern 讲席 carries the staffing flows of an education bureau: process definitions, instances, tasks,
and the ledger of headcount and posts. Every error is application/problem+json (RFC 9457) with a stable `code`.
Times are RFC 3339 with zone; lists answer `items` and `next`, the cursor of the following page."""
ALWAYS = {401: "No token, or one that is unknown, expired or revoked", 429: "Too many attempts; see Retry-After"}
BY_METHOD = {
    "get": {403: "Visible, but not allowed", 422: "A parameter is wrong"},
    "delete": {403: "Visible, but not allowed", 409: "The state has moved on", 422: "Wrong"},
}
CHANGE = {
    400: "Not readable as JSON",
    403: "Visible, but not allowed",
    409: "Stale version, full ledger, or a state that has moved on",
    413: "Too large",
    415: "Of a type that is not taken",
    422: "Wrong; `errors` says where",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same body gives the same answer, once; kept 24 hours.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The version that the caller saw, where the body has no `version`.",
    "schema": {"type": "string", "pattern": r'^(W/)?"?\d{1,9}"?$'},
}
NOT_REPEATABLE = frozenset({"/login", "/logout", "/tokens", "/notices/read"})
"""POSTs below PREFIX whose repetition has no second effect, or whose answer is never given twice."""
EVALUATIONS = ("/evaluate", "/unmask", "/read")


def init(app: APIFlask) -> None:
    """Complete the document when it is asked for the first time."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["DESCRIPTION"] = DESCRIPTION
    app.config["AUTO_SERVERS"] = False
    app.config["AUTO_OPERATION_ID"] = True
    app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False
    app.config["AUTO_AUTH_ERROR_RESPONSE"] = False
    app.config["AUTO_404_RESPONSE"] = False
    app.config["SPEC_PROCESSOR_PASS_OBJECT"] = True
    app.config["SECURITY_SCHEMES"] = {
        BEARER: {"type": "http", "scheme": "bearer", "description": "A token of POST /api/v1/login."}
    }
    app.spec_processor(complete)
    warnings.filterwarnings("ignore", message=".* has already been added to the spec")


def complete(spec: Any) -> Any:
    """Add to every operation of the API what is the same for all of them."""
    spec.components.schema("Problem", schema=Problem)
    schemas = spec.components.schemas
    for path, operations in spec._paths.items():
        if path.startswith(PREFIX):
            for method, operation in operations.items():
                describe(path.removeprefix(PREFIX), method, operation, schemas)
    for twin in [name for name in schemas if schemas[name] == schemas.get(name.removesuffix("1")) and name[-1] == "1"]:
        del schemas[twin]
        rename({"paths": spec._paths, "schemas": schemas}, REFERENCE + twin, REFERENCE + twin[:-1])
    return spec


def describe(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Security, errors and headers of one operation."""
    operation.setdefault("security", [{BEARER: []}])
    absent = "Absent, or not visible" if "{" in path else "Something that the request names is absent, or not visible"
    errors = ALWAYS | BY_METHOD.get(method, CHANGE) | {404: absent}
    if method == "post" and path not in NOT_REPEATABLE and not path.endswith(EVALUATIONS):
        operation["parameters"].append(IDEMPOTENCY_KEY)
    if takes_version(operation, schemas):
        operation["parameters"].append(IF_MATCH)
    for status, description in sorted(errors.items()):
        content = {PROBLEM: {"schema": {"$ref": f"{REFERENCE}Problem"}}}
        operation["responses"].setdefault(str(status), {"description": description, "content": content})


def takes_version(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether the body carries the version that the caller saw."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return "version" in schemas.get(name, {}).get("properties", {})


def rename(node: Any, old: str, new: str) -> None:
    """Point every reference to a schema at its twin: a schema that is nested before it is a reply is added twice."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref" and value == old:
                node[name] = new
            else:
                rename(value, old, new)
    elif isinstance(node, list):
        for item in node:
            rename(item, old, new)
