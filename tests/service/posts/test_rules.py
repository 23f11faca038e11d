"""Ratios and votes in whole numbers: examples 5–9 of policy.md §2, and excess as a pure rule."""

from decimal import Decimal
from fractions import Fraction

import pytest

from service.posts import rules
from service.posts.rules import Figures


@pytest.mark.parametrize(("posts", "floor"), [(605, 61), (1400, 140), (600, 60), (1, 1), (0, 0)])
def test_5_the_floor_of_the_pool_is_rounded_up(posts: int, floor: int) -> None:
    assert rules.share(posts, 10) == floor


def test_6_senior_and_middle_posts_with_the_uplift_on_their_sum_or_on_each() -> None:
    assert rules.structure(60, 20, 40) == (None, None, 36)
    assert rules.structure(60, 20, 40, uplift=2) == (None, None, 38)
    assert rules.structure(60, 20, 40, uplift=2, combined=False) == (14, 26, 40)


def test_7_the_exchange_target_is_compared_in_whole_numbers() -> None:
    assert rules.share(2513, 8) == 202
    assert not rules.reaches(201, 2513, 8)
    assert f"{201 / 2513:.1%}" == "8.0%", "the figure that misleads"
    assert rules.reaches(202, 2513, 8)


def test_8_the_national_floor_and_its_backbone_teachers() -> None:
    assert rules.share(1240, 10) == 124
    assert rules.share(124, 20) == 25
    assert rules.share(1240, 20) == 248, "the province that takes 20 %"


def test_percentages_with_decimals_are_exact() -> None:
    assert rules.share(1000, Decimal("0.1")) == 1
    assert rules.share(1001, Decimal("0.1")) == 2
    assert rules.reaches(1, 3, Fraction(100, 3))


def test_a_cut_makes_excess_and_a_rise_lowers_it() -> None:
    full = Figures(approved=20, occupied=20)
    assert rules.settled(full, Figures(approved=-3)).excess == 3
    assert rules.settled(Figures(20, 3, 23), Figures(approved=2)).excess == -2
    assert rules.settled(Figures(20, 3, 23), Figures(approved=9)).excess == -3


def test_a_cut_below_what_is_held_makes_excess_that_a_release_lowers() -> None:
    held = Figures(approved=20, occupied=18, reserved=2)
    cut = held + rules.settled(held, Figures(approved=-1))
    assert (cut.excess, cut.free) == (1, 0)
    released = cut + rules.settled(cut, Figures(reserved=-1))
    assert (released.excess, released.free) == (0, 0)


def test_a_request_never_makes_excess() -> None:
    full = Figures(approved=20, occupied=20)
    assert (full + rules.settled(full, Figures(reserved=1))).free == -1


def test_a_pool_never_has_excess() -> None:
    pool = Figures(approved=10, reserved=4, lent=6)
    assert (pool + rules.settled(pool, Figures(approved=-1), pool=True)).free == -1
