"""Whom a row speaks of: by ID number, or by a key of the file's own where nobody knows the number."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

NAMESPACE = UUID("0a5b1f2c-6d0e-5c4a-9a37-6b6f1c3d2e48")
"""Of person ids that follow from a key: the same key is the same person in the next file, too."""
KEYED = "#"


def named_by(values: Mapping[str, Any]) -> str | None:
    """The ID number of a row, else its key as `#` and the person's id; None where it has neither."""
    number, key = values.get("id_number"), values.get("person_key")
    return number or (by_key(key) if key else None)


def by_key(key: str) -> str:
    """A key that is a person's id, as an export writes it, is that person; every other one makes an id."""
    try:
        return KEYED + str(UUID(key))
    except ValueError:
        return KEYED + str(uuid5(NAMESPACE, key.casefold()))


def ids_among(named: Iterable[str]) -> set[str]:
    """The person ids among what rows name."""
    return {one.removeprefix(KEYED) for one in named if one.startswith(KEYED)}
