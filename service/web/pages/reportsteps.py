"""How long steps take: all of them in a table, and those of one flow on its diagram."""

from flask import render_template

from service.access.days import day_of
from service.deployments import queries as definitions
from service.errors import NotFound
from service.reports import queries_steps
from service.web import edge, stepview
from service.web.naming import flow_name
from service.web.pages import pages, sent
from service.web.pages.reports import DayQuery, day_shown


@pages.get("/reports/steps")
def report_steps() -> str:
    """Every step that was done in the months up to the day."""
    actor, now = edge.actor(), edge.now()
    on = sent.query(DayQuery)["on"] or day_of(now)
    heat = queries_steps.steps(actor, on, now)
    return render_template("reports/steps.html", day=day_shown(on), heat=stepview.heat_of(heat))


@pages.get("/reports/steps/<key>")
def report_flow(key: str) -> str:
    """The steps of a flow, coloured on the diagram of its newest version."""
    actor, now = edge.actor(), edge.now()
    on = sent.query(DayQuery)["on"] or day_of(now)
    flow = next((one for one in definitions.newest() if one.key == key), None)
    if flow is None:
        raise NotFound("definition.absent", definition_id=key)
    heat = stepview.heat_of(queries_steps.steps(actor, on, now, flow=key))
    late = queries_steps.late(actor, on, now, key)
    drawn = [step for step in heat["steps"] if step["element_id"] in flow.spec.elements]
    return render_template(
        "reports/flow.html",
        day=day_shown(on),
        flow={"id": flow.id, "name": flow_name(flow)},
        heat=heat,
        late=late,
        marks={step["element_id"]: step["whole"]["heat"] for step in drawn if step["limit"]},
        hottest=drawn[0]["element_id"] if drawn else None,
        counts={step["element_id"]: stepview.badge(step, late.get(step["element_id"], 0)) for step in drawn},
    )
