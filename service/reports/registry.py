"""Every figure of the reports, by topic, in the order in which pages show them (policy.md §6)."""

from collections.abc import Mapping
from types import MappingProxyType

from service.errors import NotFound
from service.reports.declaring import Figure
from service.reports.figures_flows import FLOOR, HIRING, LEAVING, LOCKED, TITLE, WORK
from service.reports.figures_people import AGES, ANNEX, EXCHANGE, TEACHERS
from service.reports.figures_posts import POOLS, VACANCIES

TOPICS = ("exchange", "staff", "posts", "hiring", "titles", "work", "annex")
_ALL = (
    EXCHANGE[0], FLOOR, *EXCHANGE[1:], *AGES, *TEACHERS, *LOCKED, LEAVING, *POOLS, *VACANCIES, *HIRING, TITLE, *WORK,
    *ANNEX,
)  # fmt: skip
FIGURES: Mapping[str, Figure] = MappingProxyType({one.key: one for one in _ALL})


def figure(key: str) -> Figure:
    """The declaration of a key; NotFound("report.figure_absent")."""
    if key not in FIGURES:
        raise NotFound("report.figure_absent", key=key)
    return FIGURES[key]
