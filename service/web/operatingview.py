"""A running case in the hands of HR, in words."""

from typing import Any

from service.web import edge
from service.web.naming import named
from service.web.words import words
from workflows.migration import Refusal


def name_of(definition: Any, element_id: str) -> str:
    """A step or wait as it is called, else its id."""
    place = definition.spec.element(element_id)
    return named(definition, element_id, place.name) or element_id if place else element_id


def refusal_words(definition: Any, refused: Refusal) -> str:
    """Why a case is not moved back, and what to do instead."""
    params = {**refused.params, "element_id": name_of(definition, refused.element_id)}
    return words(refused.code, {**params, "name": params["element_id"]}, edge.locale())
