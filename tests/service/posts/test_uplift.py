"""Remote and weak schools keep their uplift when posts move (policy §3.P 1, example 6)."""

from typing import Any

import pytest
from sqlalchemy import update

from service.db import transaction
from service.errors import Conflict
from service.people.models import Organisation
from service.posts import commands
from service.posts.commands import MovePost
from tests.conftest import START
from tests.service.posts.conftest import BUREAU, HR, PAPER, A, figures, opened


@pytest.fixture
def accounts(county: None) -> dict[str, str]:
    """A with 60 posts, 38 of them senior or middle, three senior ones free; and pools."""
    own = {"senior": (12, 9), "middle": (26, 26), "junior": (22, 20)}
    found = {band: opened(A, "post", band, *both) for band, both in own.items()}
    return found | {f"pool_{band}": opened(BUREAU, "post", band, 4, pool=True) for band in ("senior", "junior")}


def away(accounts: dict[str, str], band: str = "senior") -> None:
    commands.move_post(HR, MovePost(accounts[band], accounts[f"pool_{band}"], 1, **PAPER), now=START)


def is_(**values: Any) -> None:
    with transaction() as session:
        session.execute(update(Organisation).where(Organisation.id == A).values(**values))


@pytest.mark.parametrize("what", [{"area": "remote"}, {"weak": True}])
def test_a_remote_or_weak_school_gives_no_post_of_its_uplift_away(accounts: dict[str, str], what: Any) -> None:
    is_(**what)
    for _ in range(2):
        away(accounts)  # 37 of 59, 36 of 58: as many as 62 % ask for
    with pytest.raises(Conflict, match=r"ledger\.uplift") as refused:
        away(accounts)
    assert (refused.value.params["lacking"], figures(accounts["senior"]).approved) == (1, 10)
    away(accounts, "junior")


def test_other_schools_give_what_is_free(accounts: dict[str, str]) -> None:
    is_(area="town", weak=None)
    for _ in range(3):
        away(accounts)
    assert figures(accounts["senior"]).approved == 9
