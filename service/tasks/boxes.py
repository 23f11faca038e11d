"""The statements by which boxes are read: built once for each shape, whatever the values (design §3.3).

Whoever stands in for others has a range more for each of their holders; building such a statement costs more than
running it, so it is kept with parameters in the place of values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from service.access.actor import Actor
from service.access.case_rows import substitutable
from service.tasks.capacity import NO_PROXY
from service.tasks.models import QueueEntry, Seat, Task
from service.tasks.models_papers import Minutes
from service.tasks.orders import Order, Place
from workflows.base import table_of

ENTRY = table_of(QueueEntry)
_TASK = table_of(Task)
Clauses = Callable[[Any], Sequence[ColumnElement[bool]]]


@dataclass(frozen=True)
class Stands:
    """One who is represented at a holder, and the flows in which that is so (None: all)."""

    person_id: Any
    flows: Any = None


@dataclass(frozen=True)
class Holder:
    """A queue holder; `stands` are those whom the actor represents there, none at a holder of one's own."""

    name: Any
    stands: tuple[Stands, ...] = ()


@dataclass(frozen=True)
class Part:
    """Which part of a box: what its entries are due before, and the place that they come after."""

    box: str
    due_before: Any = None
    after: Place | None = None


def holders_of(actor: Actor, box: str) -> list[Holder]:
    """`claimable` lies with roles, everything else with the person; what waits, also with whom they represent."""
    held = [Holder(name) for name in actor.holders]
    if box in ("todo", "claimable"):
        for name, standing_in in actor.represented.items():
            held.append(Holder(name, tuple(Stands(one.person_id, one.flows or None) for one in standing_in)))
    return [one for one in held if one.name.startswith("person:") != (box == "claimable")]


def ranges(
    holders: Sequence[Holder],
    part: Part,
    order: Order,
    limit: int | None,
    clauses: Clauses = lambda _holder: (),
    source: FromClause = ENTRY,
) -> list[Select[Any]]:
    """One range a holder, in order, of the places of entries that come after one.

    Nothing but the order's columns is read, so that the index alone answers what is asked of the marks.
    """
    found = []
    for holder in holders:
        places = select(*(source.c[name] for name in order.columns)).where(
            *_lying(holder, part, source), *clauses(holder)
        )
        if part.after is not None:
            places = places.where(order.beyond(source, part.after))
        ordered = places if limit is None else places.order_by(*order.by(source)).limit(limit)
        found.append(select(ordered.subquery()))
    return found


def _lying(holder: Holder, part: Part, source: FromClause) -> list[ColumnElement[bool]]:
    lying = [source.c.holder == holder.name, source.c.box == part.box]
    return lying if part.due_before is None else [*lying, source.c.due_at < part.due_before]


def first(found: Sequence[Select[Any]], order: Order, limit: int) -> Select[Any]:
    """The first of several ranges together."""
    merged = union_all(*found).subquery()
    return select(merged).order_by(*order.by(merged)).limit(limit)


def offered(me: Any, box: str, holder: Holder) -> ColumnElement[bool]:
    """A task that the person `me` has stepped aside from is not offered to them again.

    Of a holder whom they represent only what a substitute may act on: not what they have a seat at, too, and no
    minutes, which nobody but their chair confirms.
    """
    own = and_(Seat.task_id == ENTRY.c.task_id, Seat.person_id == me)
    if holder.stands:
        chairs = exists().where(
            Minutes.task_id == ENTRY.c.task_id, literal("person:") + Minutes.chair_id == holder.name
        )
        return and_(~exists().where(own, Seat.state != "removed"), ~chairs, _substitutable(me, holder))
    return ~exists().where(own, Seat.state == "recused") if box == "claimable" else true()


def _substitutable(me: Any, holder: Holder) -> ColumnElement[bool]:
    """Tasks of the flows in which one stands in here, of cases neither started nor signed by oneself."""
    held, able = _TASK.alias("held"), []
    for one in holder.stands:
        free = substitutable(me, one.person_id, held.c.initiator_id, held.c.instance_id)
        able.append(free if one.flows is None else and_(free, held.c.definition_key.in_(one.flows)))
    return exists().where(held.c.id == ENTRY.c.task_id, held.c.signing.not_in(NO_PROXY), or_(*able))


@dataclass(frozen=True)
class Shape:
    """What a statement looks like: `stands` tells for each holder for how many others and in whose flows only."""

    box: str
    order: Order
    stands: tuple[tuple[bool, ...], ...]
    due: bool
    after: bool
    limit: int


def shape_of(part: Part, order: Order, holders: Sequence[Holder], limit: int) -> tuple[Shape, Mapping[str, Any]]:
    """The shape of what is asked for, and the values that fill its parameters."""
    stands = tuple(tuple(one.flows is not None for one in holder.stands) for holder in holders)
    values: dict[str, Any] = {"due_before": part.due_before} if part.due_before is not None else {}
    values |= {f"after_{name}": value for name, value in zip(order.columns, part.after or (), strict=False)}
    for number, holder in enumerate(holders):
        values[f"holder_{number}"] = holder.name
        for place, one in enumerate(holder.stands):
            values[f"stands_{number}_{place}"] = one.person_id
            values |= {} if one.flows is None else {f"flows_{number}_{place}": list(one.flows)}
    return Shape(part.box, order, stands, part.due_before is not None, part.after is not None, limit), values


@lru_cache(maxsize=256)
def page_of(shape: Shape) -> Select[Any]:
    """The first entries of a box that are offered to the person `me`."""
    part, holders = _parameters(shape)
    found = ranges(holders, part, shape.order, shape.limit, lambda holder: [offered(_ME, shape.box, holder)])
    return first(found, shape.order, shape.limit)


@lru_cache(maxsize=256)
def count_of(shape: Shape) -> Select[Any]:
    """How many entries each holder has in a box, as far as they are counted, summed up."""
    part, holders = _parameters(shape)
    found = [
        select(ENTRY.c.id).where(*_lying(holder, part, ENTRY), offered(_ME, shape.box, holder)).limit(shape.limit)
        for holder in holders
    ]
    counted = union_all(*(select(one.subquery()) for one in found)).subquery()
    return select(func.count()).select_from(counted)


_ME: ColumnElement[Any] = bindparam("me", type_=Seat.person_id.type)


def _parameters(shape: Shape) -> tuple[Part, Sequence[Holder]]:
    """What is asked for, with parameters where `shape_of` has values."""
    due = bindparam("due_before", type_=ENTRY.c.due_at.type) if shape.due else None
    after = tuple(bindparam(f"after_{name}", type_=ENTRY.c[name].type) for name in shape.order.columns)
    holders = [_holder(number, flows) for number, flows in enumerate(shape.stands)]
    return Part(shape.box, due, after if shape.after else None), holders


def _holder(number: int, flows: Sequence[bool]) -> Holder:
    stands = tuple(
        Stands(
            bindparam(f"stands_{number}_{place}", type_=Seat.person_id.type),
            bindparam(f"flows_{number}_{place}", expanding=True) if narrowed else None,
        )
        for place, narrowed in enumerate(flows)
    )
    return Holder(bindparam(f"holder_{number}", type_=ENTRY.c.holder.type), stands)
