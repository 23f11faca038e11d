"""Candidates' protected fields under new keys."""

import base64
from dataclasses import replace

import pytest
from flask import current_app

from service.access.actor import Actor
from service.errors import Forbidden, Invalid
from service.flows.hiring import commands, queries
from service.flows.hiring.commands_protected import RotateCandidateKeys, Rotated, rotate_candidate_keys
from tests.conftest import KEY, START
from tests.flows.hiring import county
from tests.service.flows.hiring.test_candidates import CLERK, register

NEW = base64.b64encode(bytes(range(1, 33))).decode()


def use(*keys):
    settings = current_app.extensions["lectern.settings"]
    current_app.extensions["lectern.settings"] = replace(settings, field_keys=keys)


def test_old_key_may_go_when_every_candidate_was_written_anew(case):
    people = case.register(5)
    use(NEW, KEY)
    first = rotate_candidate_keys(Actor.system(), RotateCandidateKeys(limit=3), now=START)
    assert (first.written, first.last is not None) == (3, True)
    assert rotate_candidate_keys(Actor.system(), RotateCandidateKeys(first.last or ""), now=START) == Rotated(2, None)
    assert rotate_candidate_keys(Actor.system(), RotateCandidateKeys(), now=START).written == 0
    use(NEW)
    command = commands.UnmaskCandidate(people[0], "id_number", "核对")
    assert commands.unmask_candidate(CLERK, command, now=START) == county.id_number(1)
    assert len(queries.candidates(CLERK, case.id)) == 5


def test_a_candidate_of_the_old_key_is_still_found_as_taken(case):
    register(case)
    use(NEW, KEY)
    with pytest.raises(Invalid, match=r"candidate\.twice"):
        register(case)


def test_people_cannot_rotate_keys(case):
    with pytest.raises(Forbidden):
        rotate_candidate_keys(CLERK, RotateCandidateKeys(), now=START)
