"""The human page of the API: the OpenAPI document as HTML, served from here, without any script."""

from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from flask import current_app, render_template

from service.web import edge
from service.web.api import DOCUMENT, PREFIX

docs = APIBlueprint(
    "docs", __name__, url_prefix="/api", template_folder="templates", static_folder="static", enable_openapi=False
)
METHODS = ("get", "post", "put", "patch", "delete")


@docs.get("/docs")
def show_docs() -> str:
    """Every operation by tag: what it takes and answers."""
    spec = cast("dict[str, Any]", cast("APIFlask", current_app).spec)
    return render_template("api/docs.html", spec=spec, groups=groups(spec), document=DOCUMENT, locale=edge.locale())


def groups(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations of the API by their tag, in the order of the document."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if path.startswith(PREFIX) and method in operations:
                operation = operations[method]
                found.setdefault(operation.get("tags", ["API"])[0], []).append(
                    {"method": method.upper(), "path": path, **operation, "body": body_of(spec, operation)}
                )
    return dict(sorted(found.items()))


def body_of(spec: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of the request's body: name, type, whether required, in words."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = resolved(spec, next(iter(content.values()))["schema"]) if content else {}
    return [
        {
            "name": name,
            "type": type_of(member),
            "required": name in schema.get("required", ()),
            "description": member.get("description", ""),
        }
        for name, member in schema.get("properties", {}).items()
    ]


def resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the one that it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return cast("dict[str, Any]", spec["components"]["schemas"][name]) if name else schema


def type_of(member: dict[str, Any]) -> str:
    """A member's type in one word or two."""
    if "$ref" in member:
        return cast("str", member["$ref"].rpartition("/")[2])
    kind = member.get("type", "any")
    shown = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if "enum" in member:
        return " | ".join(str(value) for value in member["enum"])
    if "items" in member:
        return f"[{type_of(member['items'])}]"
    return f"{shown} ({member['format']})" if "format" in member else shown
