"""Rotation of the field keys: everything that was encrypted is written anew under the newest key."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from service.access.actor import Actor
from service.access.commands_events import RotateEventKeys, rotate_event_keys
from service.channels.commands_protected import RotateAddressKeys, rotate_address_keys
from service.flows.exchange.commands_protected import RotateObjectionKeys, rotate_objection_keys
from service.flows.hiring.commands_protected import RotateCandidateKeys, rotate_candidate_keys
from service.instances.commands_protected import (
    RotateCaseKeys,
    RotatePaperCaseKeys,
    RotateRequestKeys,
    rotate_case_keys,
    rotate_paper_case_keys,
    rotate_request_keys,
)
from service.opening.commands_protected import (
    RotateEffectKeys,
    RotateOpeningKeys,
    rotate_effect_keys,
    rotate_opening_keys,
)
from service.people.commands_protected import RotateKeys, rotate_keys
from service.records.commands_protected import (
    RotateCorrectionKeys,
    RotateRecordKeys,
    rotate_correction_keys,
    rotate_record_keys,
)


class Progress(NamedTuple):
    """How many rows of `what` were written anew so far."""

    what: str
    written: int


KINDS: tuple[tuple[str, Callable[..., Any], Callable[..., Any]], ...] = (
    ("persons", rotate_keys, RotateKeys),
    ("records", rotate_record_keys, RotateRecordKeys),
    ("corrections", rotate_correction_keys, RotateCorrectionKeys),
    ("candidates", rotate_candidate_keys, RotateCandidateKeys),
    ("objections", rotate_objection_keys, RotateObjectionKeys),
    ("addresses", rotate_address_keys, RotateAddressKeys),
    ("openings", rotate_opening_keys, RotateOpeningKeys),
    ("opening effects", rotate_effect_keys, RotateEffectKeys),
    ("paper cases", rotate_paper_case_keys, RotatePaperCaseKeys),
    ("cases", rotate_case_keys, RotateCaseKeys),
    ("drafts", rotate_request_keys, RotateRequestKeys),
    ("events", rotate_event_keys, RotateEventKeys),
)


def rotate(now: datetime) -> Iterator[Progress]:
    """Go through every kind in chunks of one transaction each; may be broken off and run again."""
    for what, command, shape in KINDS:
        written, sent = 0, shape()
        while sent is not None:
            done = command(Actor.system(), sent, now=now)
            written += done.written
            yield Progress(what, written)
            sent = None if done.last is None else shape(done.last)
