"""Pure rules of the ledger: figures and movements, ratios in whole numbers (policy §2)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

Percent = int | Decimal | Fraction


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one account, or a movement of them."""

    approved: int = 0
    excess: int = 0
    occupied: int = 0
    reserved: int = 0
    lent: int = 0

    @property
    def free(self) -> int:
        """approved + excess − occupied − reserved, less what the pool has lent."""
        return self.approved + self.excess - self.occupied - self.reserved - self.lent

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.approved + other.approved,
            self.excess + other.excess,
            self.occupied + other.occupied,
            self.reserved + other.reserved,
            self.lent + other.lent,
        )

    @property
    def moves(self) -> bool:
        return self != Figures()


def settled(before: Figures, movement: Figures, *, pool: bool = False, restored: int = 0) -> Figures:
    """`movement` with the excess that it lowers or, when it cuts the approved number, makes.

    Excess never exceeds what is in use beyond the approved number, so whoever leaves lowers it before a vacancy
    opens. It rises by a cut, and by at most `restored` where somebody is back who had lowered it; never in a pool. The
    result may leave `free` negative: then it must be refused.
    """
    after = before + movement
    beyond = 0 if pool else max(0, after.occupied + after.reserved - after.approved)
    excess = beyond if movement.approved < 0 else min(before.excess + restored, beyond)
    return Figures(movement.approved, excess - before.excess, movement.occupied, movement.reserved, movement.lent)


def share(whole: int, percent: Percent) -> int:
    """The least whole number that is at least `percent` of `whole`: rounds up, exactly (examples 5, 7, 8)."""
    return -(-whole * _fraction(percent) // 100)


def reaches(part: int, whole: int, percent: Percent) -> bool:
    """Whether part ÷ whole is at least `percent`, compared in whole numbers, never by a rounded percentage."""
    return 100 * part >= whole * _fraction(percent)


def pool_shortage(total: int, pool: int, floor_percent: Percent) -> int:
    """How many posts the pool lacks of its floor; shown, never refused (example 11)."""
    return max(0, share(total, floor_percent) - pool)


class Structure(NamedTuple):
    """Least posts of the higher bands; `senior` and `middle` are None where only their sum is ruled."""

    senior: int | None
    middle: int | None
    combined: int


def structure(posts: int, senior: Percent, middle: Percent, *, uplift: Percent = 0, combined: bool = True) -> Structure:
    """Senior and middle posts of a school with an uplift in percentage points (example 6).

    `combined` reads the uplift on the sum of both bands, otherwise on each band; which one is a policy parameter.
    """
    if combined:
        return Structure(None, None, share(posts, _fraction(senior) + _fraction(middle) + _fraction(uplift)))
    bands = [share(posts, _fraction(band) + _fraction(uplift)) for band in (senior, middle)]
    return Structure(bands[0], bands[1], sum(bands))


def _fraction(percent: Percent) -> Fraction:
    return Fraction(percent)


@dataclass(frozen=True)
class SchoolPosts:
    """A remote or weak school: its posts of all bands, and its senior and middle ones, lent posts included."""

    id: str
    name: str
    posts: int
    senior: int
    middle: int


def lacking(school: SchoolPosts, least: Structure) -> int:
    """How many posts of the higher bands a school has fewer than it must, on both bands together or on each."""
    if least.senior is None or least.middle is None:
        return max(0, least.combined - school.senior - school.middle)
    return max(0, least.senior - school.senior) + max(0, least.middle - school.middle)
