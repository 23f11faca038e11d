"""What else a new value of a parameter changes, in the same transaction: nouns above register for their keys."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

Effect = Callable[[Session, date, str, datetime], object]
"""Called with the session, the first day of the value, its source and the present moment."""

EFFECTS: dict[str, Effect] = {}


def effect_of(key: str) -> Callable[[Effect], Effect]:
    """Let a function follow every new value of a parameter."""

    def register(effect: Effect) -> Effect:
        EFFECTS[key] = effect
        return effect

    return register
