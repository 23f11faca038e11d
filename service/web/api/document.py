"""What the OpenAPI document says of every operation: security, the shape of errors, headers of changes."""

from typing import Any, cast

from apiflask import APIFlask
from marshmallow import Schema

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


class Described(APIFlask):
    """The application, whose document names each schema once, whether a reply nests it or is it."""

    def _register_schema_and_get_ref(
        self, spec: Any, registered_schema_classes: dict[int, str], schema_obj: Any
    ) -> dict[str, str]:
        if not isinstance(schema_obj, Schema):
            return super()._register_schema_and_get_ref(spec, registered_schema_classes, schema_obj)
        converter: Any = self._ma_plugin.converter
        return cast("dict[str, str]", converter.resolve_nested_schema(schema_obj))


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


def complete(spec: Any) -> Any:
    """Add to every operation of the API what is the same for all of them."""
    spec.components.schema("Problem", schema=Problem)
    schemas = spec.components.schemas
    for path, operations in spec._paths.items():
        if path.startswith(PREFIX):
            for method, operation in operations.items():
                describe(path.removeprefix(PREFIX), method, operation, schemas)
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
