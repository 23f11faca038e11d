"""What is wrong with places that a school offers, whether they are entered here or told from paper; pure."""

from typing import Protocol

from service.errors import Fault
from service.flows.exchange.matching.problem import MANNERS
from service.people.rules import BANDS
from service.schools import STAGES


class Opened(Protocol):
    """Places that a school offers, as they were entered."""

    @property
    def subject(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def band(self) -> str: ...
    @property
    def manner(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def competition(self) -> bool: ...


def offer_faults(command: Opened) -> list[Fault]:
    """What is wrong with an opening, by its fields."""
    faults = []
    if not command.subject.strip() or len(command.subject) > 40:
        faults.append(Fault("subject", "exchange.subject"))
    if command.stage not in STAGES:
        faults.append(Fault("stage", "exchange.stage"))
    if command.band not in ("", *BANDS):
        faults.append(Fault("band", "exchange.band"))
    if command.manner not in MANNERS:
        faults.append(Fault("manner", "exchange.manner"))
    if command.competition and not command.band and command.manner != "loan":
        faults.append(Fault("band", "exchange.competition_band"))
    if not 1 <= command.count <= 50:
        faults.append(Fault("count", "exchange.count"))
    return faults
