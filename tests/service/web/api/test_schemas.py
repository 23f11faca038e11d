"""Schemathesis asks every operation of the document: no answer is a crash, and each is what the document says."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.service.web.api.house import House
from tests.service.web.api.outside import outside

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
ASKERS = ("admin", "bureau.hr", "s01.hr")
KEPT = frozenset({"post_api_logout", "delete_api_revoke_token"})
"""They would take the token away with which the others are asked."""
ASKING = settings(
    max_examples=25 if os.environ.get("LECTERN_PROVE") else 3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations(house: House) -> list[Any]:
    schema = outside(lambda: schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app))
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if one.path.startswith("/api/v1")]


def test_every_operation_answers_as_the_document_says(shared_house: House) -> None:
    """Each is asked the same by each of ASKERS: to make up what is asked costs more than to ask it."""
    tokens = {who: shared_house.token_of(who) for who in ASKERS}
    found = operations(shared_house)
    assert len(found) > 80
    wrong = []
    for operation in found:
        if operation.definition.raw.get("operationId") not in KEPT:
            wrong += answers(operation, tokens)
    assert not wrong, "\n\n".join(wrong)


def answers(operation: Any, tokens: Mapping[str, str]) -> list[str]:
    """What is wrong with the answers of one operation."""
    wrong: list[str] = []

    @ASKING
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        for who, token in tokens.items():
            headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
            response = outside(partial(case.call, headers=headers))
            try:
                case.validate_response(response, checks=CHECKS)
            except AssertionError as error:
                wrong.append(f"{operation.label} by {who}: {error}"[:600])
            except BaseExceptionGroup as group:
                wrong.append(f"{operation.label} by {who}: {group.exceptions[0]}"[:600])

    ask()
    return wrong[:1]
