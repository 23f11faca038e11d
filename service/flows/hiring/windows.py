"""When what of a candidate may be written: each step of the diagram opens its own fields, for its own side."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from service.access.roles import BUREAU_HR, SCHOOL_OFFICE

Side = Literal["school", "bureau", "both"]

IDENTITY = ("line", "name", "id_number", "phone", "degree", "graduated_from", "certificate")
REVIEW = ("state", "reason")
REVIEWED = ("qualified", "unqualified")


WRITERS: dict[Side, tuple[str, ...]] = {
    "school": SCHOOL_OFFICE,
    "bureau": BUREAU_HR,
    "both": (*SCHOOL_OFFICE, *BUREAU_HR),
}
"""On no route does the bureau write what is the school's (policy §3.H 6), nor the school a bureau's exam."""


@dataclass(frozen=True)
class Window:
    """What one step lets be written, and by whom; `registers` says whether candidates may come and go."""

    element_id: str
    side: Side
    fields: tuple[str, ...]
    registers: bool = False


WINDOWS = {
    window.element_id: window
    for window in (
        Window("announcement_period", "both", IDENTITY, registers=True),
        Window("qualify_school", "school", (*IDENTITY, *REVIEW), registers=True),
        Window("qualify_bureau", "bureau", (*IDENTITY, *REVIEW), registers=True),
        Window("exam_school", "school", ("written",)),
        Window("exam_bureau", "bureau", ("written",)),
        Window("interview", "school", ("interview",)),
        Window("inspection", "school", ("inspection",)),
        Window("choice", "school", ("chosen",)),
    )
}


def window_at(standing: Collection[str]) -> Window | None:
    """The window that is open where the case stands; the steps follow one another, so there is at most one."""
    return next((window for element_id, window in WINDOWS.items() if element_id in standing), None)


def closed_fields(window: Window | None, wanted: Iterable[str]) -> list[str]:
    """Those of the wanted fields that the window does not open."""
    opened = window.fields if window else ()
    return [name for name in wanted if name not in opened]
