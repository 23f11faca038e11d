"""Whatever single field of whatever event is changed: it is found, at that event's stream."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from service.audit.chain import EVENT
from service.audit.verify import verified
from service.db import db, reading
from tests.conftest import START

WORDS = st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=20)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "stream": st.sampled_from(["a", "b", "c"]),
    "seq": st.integers(-3, 12),
    "at": st.integers(-(10**9), 10**9).map(lambda n: START + timedelta(microseconds=n)),
    "actor_id": WORDS,
    "on_behalf_of": st.none() | WORDS,
    "kind": WORDS | st.just("audit.redacted"),
    "element_id": WORDS,
    "salt": st.none() | st.binary(max_size=20),
    "digest": st.binary(max_size=40),
    "body": st.none() | WORDS | st.just("{}"),
    "sensitive": st.none() | st.binary(max_size=60),
    "redacted_at": st.none() | st.integers(1, 10**9).map(lambda n: START + timedelta(microseconds=n)),
    "hash": st.binary(max_size=40),
}


def tampering(connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))


@pytest.mark.usefixtures("filled")
def test_any_single_change_of_any_event_is_found(any_app: Flask) -> None:
    with db.engine.connect() as connection:
        events = [dict(row) for row in connection.execute(EVENT.select()).mappings()]
    mutations = st.sampled_from(sorted(FIELDS)).flatmap(lambda f: FIELDS[f].map(lambda value: (f, value)))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.sampled_from(events), mutations)
    def look(original: dict[str, Any], mutation: tuple[str, Any]) -> None:
        field, value = mutation
        assume(original[field] != value)
        taken = {(e["stream"], e["seq"]) for e in events}
        changed = original | {field: value}
        assume(field not in ("stream", "seq") or (changed["stream"], changed["seq"]) not in taken)
        where = (EVENT.c.stream == original["stream"], EVENT.c.seq == original["seq"])
        with reading() as session:
            tampering(session.connection())
            session.execute(update(EVENT).where(*where).values({field: value}))
            report = verified(session, START)
        assert original["stream"] in {finding.stream for finding in report.findings}, (field, value)

    look()
