"""Who may not decide for the bureau: whoever has written down in the same case what a school says on paper (代录)."""

from sqlalchemy import select

from service.errors import Forbidden
from service.tasks.capacity import Capacity
from service.tasks.facts import TaskFacts
from service.tasks.models import Task
from service.tasks.paper_rows import PAPER
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings

_TASK = table_of(Task)
OFFICES = "bureau_"
"""With it the roles of the bureau begin: seats of a sequence name persons, the diagram alone says whose step it is."""


def refuse_recorder(around: Surroundings, definition: Definition, task: TaskFacts, who: Capacity) -> None:
    """Else one person could act for the school and then accept what the school is said to have done.

    What a case told from paper had decided before is none of it: that a second person has confirmed.
    Forbidden("paper.recorded_for_school").
    """
    step = definition.spec.element(task.element_id)
    if step is None or OFFICES not in str(step.zeebe.get("assignmentDefinition", "")):
        return
    of_school = [one.id for one in definition.spec.everything.values() if one.properties.get("paper") == "bureau"]
    if not of_school:
        return
    mine = (_TASK.c.instance_id == task.instance_id, _TASK.c.element_id.in_(of_school))
    here = (PAPER.c.recorded_by.in_(who.persons), PAPER.c.recorded_at <= _TASK.c.closed_at)
    found = select(PAPER.c.id).join(_TASK, _TASK.c.id == PAPER.c.task_id).where(*mine, *here)
    if around.session.execute(found.limit(1)).first():
        raise Forbidden("paper.recorded_for_school", task_id=task.id)
