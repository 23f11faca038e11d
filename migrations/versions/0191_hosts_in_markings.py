"""Say of every attached timer to which activity it belongs, also where a case has several of them open at once."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0191"
down_revision = "0195"
branch_labels = None
depends_on = None

_UNTOLD = sa.text(
    "SELECT timer.id, timer.token, process_instance.tokens FROM timer"
    " JOIN process_instance ON process_instance.id = timer.instance_id"
    " WHERE timer.kind = 'event' AND timer.host IS NULL"
)
_TELL = sa.text("UPDATE timer SET host = :host WHERE id = :id")
_INNER = ("tokens", "instances")


def attached(tokens: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(Event, activity) of every event that is attached to one, as the marking of a case keeps them."""
    for token in tokens:
        yield from ((event["id"], token["id"]) for event in token.get("events", ()))
        for name in _INNER:
            yield from attached(token.get(name, []))


def fill(connection: sa.Connection) -> None:
    """A timer that stands by itself belongs to no activity and stays without one."""
    rows = connection.execute(_UNTOLD).all()
    found = [
        {"id": row.id, "host": hosts[row.token]}
        for row in rows
        for hosts in (dict(attached(orjson.loads(bytes(row.tokens))["tokens"])),)
        if row.token in hosts
    ]
    if found:
        connection.execute(_TELL, found)


def upgrade() -> None:
    fill(op.get_bind())


def downgrade() -> None:
    """What is known of a timer does no harm to the version before."""
