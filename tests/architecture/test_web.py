"""Every request body, query and reply passes a marshmallow schema, and every route is in the OpenAPI document."""

import ast
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.architecture.trees import HOUSE, calls, modules

WEB = modules("service/web") if (HOUSE / "service/web").is_dir() else []
API = "/api/v1"
RAW = {"json", "get_json", "form", "args", "values", "data", "get_data", "stream", "files"}
DOCUMENT = "openapi.json"


def test_no_route_reads_a_raw_request() -> None:
    for module in WEB:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "request":
                assert node.attr not in RAW, f"{module.name}:{node.lineno} reads request.{node.attr} without a schema"


def test_no_page_or_route_speaks_sql() -> None:
    for module in WEB:
        found = [name for name in calls(module.tree) if name.startswith(("db.session", "session.execute"))]
        assert not found, f"{module.name}: {found}"


def api_rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(API) and DOCUMENT not in rule.rule)


@pytest.mark.skipif(not (HOUSE / "service/web/api").is_dir(), reason="the API is not built yet")
def test_no_two_shapes_share_a_name_in_the_document(app: Flask) -> None:
    assert [name for name in app.spec["components"]["schemas"] if name[-1].isdigit()] == []


def test_every_route_of_the_api_is_in_the_document_with_its_replies(app: Flask) -> None:
    document = app.spec
    rules = list(api_rules(app))
    assert rules, "service/web/api exists but no route is registered"
    for rule in rules:
        path = "".join(part if literal else f"{{{part}}}" for literal, part in traced(rule))
        assert path in document["paths"], f"{rule.rule} ({rule.endpoint}) is not documented"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = document["paths"][path].get(method.lower())
            assert operation, f"{method} {rule.rule} is not documented"
            described(f"{method} {path}", operation)


def traced(rule: Rule) -> list[tuple[bool, str]]:
    return [(not is_dynamic, data) for is_dynamic, data in rule._trace if data != "|"]


def described(name: str, operation: dict[str, object]) -> None:
    """A successful reply is described: by a schema, or as one without a body or of another type than JSON."""
    replies = {code: reply for code, reply in dict(operation["responses"]).items() if str(code).startswith("2")}
    assert replies, f"{name} documents no successful reply"
    for code, reply in replies.items():
        content = reply.get("content", {})
        assert str(code) == "204" or content, f"{name} → {code} has no schema"
        for media in content.values():
            assert media.get("schema"), f"{name} → {code} has an empty schema"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_operation_routes_are_documented(app: Flask, path: str) -> None:
    if "health" not in app.blueprints:
        from service import observe

        observe.init(app)
    described(path, app.spec["paths"][path]["get"])
