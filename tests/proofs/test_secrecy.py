"""After a secret vote nothing that was kept anywhere joins a name to a choice, by value, hash, order, place or time."""

import itertools
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from service import observe
from service.audit import checkpoint
from service.clock import SetClock
from service.jobs import deliver
from tests.driver import Case, Driver
from tests.proofs import secrecy
from tests.proofs.secrecy import BOX, Dump
from tests.service.tasks import polls
from tests.service.web.api.house import House, furnish

SAID = ["yes", "no", "abstain", "yes", "yes", "no", "yes", "yes"]


@pytest.fixture
def house(any_app: Flask, clock: SetClock) -> House:
    return furnish(any_app, clock, flows=False)


def vote(house: House, case: Case, who: str, choice: str, key: str) -> int:
    """A ballot over HTTP, under a key, and the same request once more."""
    task_id, sent = case.task("vote").id, {"decision": choice, "values": {}}
    replies = [
        house.caller(who).post(f"/tasks/{task_id}/complete", sent, headers={"Idempotency-Key": key}) for _ in range(2)
    ]
    assert replies[0].json == replies[1].json
    return replies[0].status_code


def walk(house: House, case: Case, members: list[str]) -> list[Dump]:
    """Ballots one after the other, with clumsy ones in between; the whole database after each."""
    task_id, seen = case.task("vote").id, []
    for number, (who, choice) in enumerate(zip(members, SAID, strict=True)):
        house.clock.set(house.clock.now().replace(minute=number + 1))
        caller = house.caller(who)
        words = {"decision": choice, "opinion": "我投这一票", "values": {}}
        assert caller.post(f"/tasks/{task_id}/complete", words).status_code == 422
        assert caller.post(f"/tasks/{task_id}/save-draft", {"decision": choice, "values": {}}).status_code == 409
        assert vote(house, case, who, choice, f"key-{who}") == 200
        again = caller.post(f"/tasks/{task_id}/complete", {"decision": choice, "values": {}})
        assert again.status_code in (403, 409)
        deliver(house.clock.now())
        checkpoint.seal(house.clock.now())
        seen.append(secrecy.dump())
    return seen


@contextmanager
def logged() -> Iterator[StringIO]:
    """Everything that is logged, as a server writes it, down to the last detail."""
    root, lines = logging.getLogger(), StringIO()
    kept, level = root.handlers[:], root.level
    observe.log_to(lines, logging.DEBUG)
    try:
        yield lines
    finally:
        root.handlers[:] = kept
        root.setLevel(level)


def test_nothing_that_is_kept_joins_a_name_to_a_choice(house: House, any_app: Flask) -> None:
    driver = Driver(house.county, house.clock)
    members = polls.committee(driver, len(SAID))
    case = polls.begun(driver, members)
    before = secrecy.dump()
    with logged() as lines:
        dumps = walk(house, case, members)
    written = secrecy.since(before, dumps[-1])
    told = lines.getvalue().splitlines()
    assert any("/complete" in line for line in told), "the logs were looked at"
    told += (any_app.extensions["lectern.settings"].checkpoints).read_text().splitlines()
    bodies = [{"opinion": None, "values": {}, "no_interest": False, "version": None}, {"values": {}}]
    assert len(written["idempotency_key"]) == len(SAID)
    assert Counter(row["choice"] for row in written[BOX]) == Counter(SAID)
    assert secrecy.leaks(written, told, case.id, bodies) == []
    for name, wrong in secrecy.planted(written):
        assert any(name in leak for leak in secrecy.leaks(wrong, told, case.id, bodies)), f"{name} is not noticed"
    until_closing(before, dumps, case, bodies)


def until_closing(before: Dump, dumps: list[Dump], case: Case, bodies: list[dict]) -> None:
    """While the vote runs its box tells no choice and no count, and no ballot keeps the id under which it was seen."""
    for earlier, later in itertools.pairwise(dumps):
        assert not {row["id"] for row in earlier[BOX]} & {row["id"] for row in later[BOX]}
        assert len({len(row["choice"]) for row in earlier[BOX]}) == 1
        assert secrecy.leaks(secrecy.since(before, earlier), [], case.id, bodies) == []
        assert not secrecy.SAID.search(str(earlier[BOX]))
    assert [len(found[BOX]) for found in dumps] == list(range(1, len(SAID) + 1))
    sealed = {row["choice"] for row in dumps[-2][BOX]}
    assert not sealed & {row["choice"] for row in dumps[-1][BOX]}


def test_the_file_of_the_database_holds_no_legible_ballot_before_the_closing(app: Flask, clock: SetClock) -> None:
    driver = Driver(furnish(app, clock, flows=False).county, clock)
    members = polls.committee(driver, 4)
    case = polls.begun(driver, members)
    task_id = case.task("vote").id
    for who, choice in zip(members[:3], SAID, strict=False):
        polls.cast(case, who, choice)
    assert legible(Path(app.extensions["lectern.settings"].data_dir), task_id) == set()
    polls.cast(case, members[3], "yes")
    assert legible(Path(app.extensions["lectern.settings"].data_dir), task_id) == {"yes", "no", "abstain"}


def legible(folder: Path, task_id: str) -> set[str]:
    """Choices that stand beside their task in the bytes of the database and its log of writes."""
    contents = [file.read_bytes() for file in sorted(folder.glob("lectern.db*"))]
    assert contents
    return {choice for choice in set(SAID) for content in contents if (task_id + choice).encode() in content}
