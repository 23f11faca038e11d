"""Changes of a diagram in the names of its elements: whoever approves it knows the steps by name, not by their ids."""

from collections.abc import Mapping
from dataclasses import replace

from workflows.comparing.changes import REMOVED, Change, Part

ENDS = ("@sourceRef", "@targetRef")
REFERRING = (*ENDS, "@attachedToRef", "@default")
"""Attributes that hold the id of another element; so does what a lane lists."""


def in_names(change: Change, old: Mapping[str, Part], new: Mapping[str, Part]) -> Change:
    """The change with what it refers to by name and id; a flow without a name is called by its two ends."""
    details = tuple(
        replace(one, old=_named(old, one.old), new=_named(new, one.new))
        if one.what in REFERRING or one.what.startswith("flowNodeRef[")
        else one
        for one in change.details
    )
    return replace(change, details=details, name=change.name or _ends(change, old if change.state == REMOVED else new))


def _ends(change: Change, parts: Mapping[str, Part]) -> str:
    says = parts[change.part].says
    if not all(end in says for end in ENDS):
        return ""
    return " → ".join(_name(parts, says[end]) for end in ENDS)


def _name(parts: Mapping[str, Part], part: str) -> str:
    return parts[part].name or part if part in parts else part


def _named(parts: Mapping[str, Part], part: str) -> str:
    name = _name(parts, part)
    return name if name == part else f"{name} ({part})"
