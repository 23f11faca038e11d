"""Addresses are those of werkzeug, and nothing is compiled before one is asked for."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import Map, Rule

from service.web.addresses import Address

RULES = ("/", "/cases/<key>", "/cases/<key>/files/<path:name>", "/years/<int:year>", "/a//b/<key>/")
VALUES = {"key": "县 1/é", "name": "a/b 校.pdf", "year": 2026}


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    compiled = Rule._compile_builder

    def counted(rule: Rule, append_unknown: bool = True) -> object:
        told.append(rule.rule)
        return compiled(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", counted)
    return told


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("more", [{}, {"page": 2, "q": "张 三"}], ids=["alone", "with a query"])
def test_an_address_is_what_werkzeug_builds(rule: str, more: dict[str, object]) -> None:
    built = []
    for kind in (Rule, Address):
        site = Map([kind(rule, endpoint="it")]).bind("lectern.example", "/")
        wanted = {name: value for name, value in VALUES.items() if f"{name}>" in rule}
        built.append(site.build("it", {**wanted, **more}))
    assert built[0] == built[1]


def test_nothing_is_compiled_before_an_address_is_asked_for(compilations: list[str]) -> None:
    site = Map([Address("/once/<key>", endpoint="once"), Address("/never/<key>", endpoint="never")]).bind("x", "/")
    assert compilations == []
    for key in ("1", "2", "3"):
        assert site.build("once", {"key": key}) == f"/once/{key}"
    assert compilations == ["/once/<key>"]


def test_every_address_of_the_service_is_of_this_kind(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if type(rule) is not Address} <= {
        "static",
        "openapi.spec",
    }
    with app.test_request_context():
        assert url_for("static", filename="a.css") == "/static/a.css"
