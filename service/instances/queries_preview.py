"""What may come next in a case that runs, as far as the reader may know."""

from collections.abc import Sequence
from datetime import datetime

from service.access.actor import Actor
from service.db import db
from service.instances import queries
from service.parameters.scopes import About
from service.tasks import outlook
from service.tasks.outlook import Coming
from workflows import store
from workflows.engine import Current


def preview(actor: Actor, instance_id: str, *, now: datetime) -> Sequence[tuple[Current, tuple[Coming, ...]]]:
    """Each open step or waiting event with what comes after it; none of a case that does not run.

    NotFound("instance.absent"). Who may not read the contents sees every way that the diagram leaves open.
    """
    row = queries.case(actor, instance_id)
    if row.state != "running":
        return ()
    sight = queries.sight(actor, instance_id)
    held = store.read(db.session(), instance_id)
    hidden = sight.hidden_names if sight.contents else None
    about = About(row.organisation_id, row.definition_key)
    return outlook.of_case(actor, sight.definition, held, about, hidden=hidden, now=now)
