"""What the page says before a case is cancelled, as codes of its words."""

from typing import Any

from service.access.days import day_of
from service.instances import queries_operating


def given_back(driver: Any, case: Any) -> list[str]:
    """The codes, in the order in which they are told to bureau HR."""
    told = queries_operating.given_back(driver.actor("bureau.hr"), case.id, day_of(driver.now))
    return [code for code, _ in told]
