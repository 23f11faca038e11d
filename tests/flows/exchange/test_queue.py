"""Who waits for a post with a title comes before who would come by an exchange."""

from service.db import transaction
from service.flows import declaring
from service.flows.exchange import gathering
from tests.flows.exchange import driving
from tests.queues import of_bands


def test_a_post_for_which_somebody_waits_is_no_place_of_a_round(world, monkeypatch):
    case, _ = driving.applied(world, "a1")
    place, today = world.county.organisations["s02"], world.now.date()
    with transaction() as session:
        before = gathering.problem_of(session, case.id, today).posts[place]
        monkeypatch.setitem(declaring.QUEUES, "title", of_bands({"middle": 1}))
        after = gathering.problem_of(session, case.id, today).posts[place]
    assert after == {**before, "middle": before["middle"] - 1}


def test_the_queues_of_all_schools_are_asked_at_once(world, monkeypatch):
    case, _ = driving.applied(world, "a1", more="point")
    asked = []
    monkeypatch.setitem(declaring.QUEUES, "title", lambda _session, places, _on: asked.append(set(places)) or {})
    with transaction() as session:
        gathering.problem_of(session, case.id, world.now.date())
    assert asked == [{world.county.organisations[one] for one in ("s02", "point")}]
