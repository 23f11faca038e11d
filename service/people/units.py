"""Building block: the row of a new organisation, for the command and for whoever founds a county."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.base import new_id


@dataclass(frozen=True)
class CreateOrganisation:
    """A unit from a day on; `weak` None is unknown."""

    kind: str
    code: str
    name: str
    valid_from: date
    parent_id: str | None = None
    name_en: str = ""
    stage: str | None = None
    area: str | None = None
    weak: bool | None = None


def organisation_row(command: CreateOrganisation, parent_path: str) -> dict[str, Any]:
    """The row of a new unit below `parent_path` ("/" at the top)."""
    organisation_id = new_id()
    path = f"{parent_path}{organisation_id}/"
    return {"id": organisation_id, "path": path, **vars(command), "valid_until": None, "version": 1}
