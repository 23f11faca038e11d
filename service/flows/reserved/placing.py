"""Who stands where in a round: those who are still there, in the order of their keys, with the votes that they had."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.flows.reserved import rounds, rules
from service.flows.reserved.rules import Allocation
from workflows.surroundings import Call


def placed(call: Call, results: Sequence[Mapping[str, Any]] = ()) -> Allocation:
    """Rank anew whoever has neither withdrawn nor been refused, add the votes of `results`, write who gets a post."""
    standing = rounds.standing(call.session, call.instance_id)
    rows = [row for row in standing if row.state in rounds.RANKABLE and row.facts]
    places = []
    for band in rules.BANDS:
        mine = {row.id: row for row in rows if row.band == band and rules.KEY in row.facts}
        ordered = rules.in_order({one: row.facts[rules.KEY] for one, row in mine.items()}, band)
        places += [replace(place, votes=tuple(mine[place.id].votes)) for place in ordered]
    found = rules.allocate(
        rules.voted(places, results), rounds.offered(rounds.the_round(call.session, call.instance_id))
    )
    rounds.write_places(call.session, found.places)
    return found
