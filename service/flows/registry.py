"""All operations of all flows by name, and who has an interest in a case: what the engine and the gate are given."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from service import flows
from service.columns import Column
from service.errors import Fault, Invalid
from service.flows.declaring import (
    APPLICATIONS,
    BESIDE,
    DECLARED,
    DEPARTURES,
    DISCIPLINES,
    ENDINGS,
    HEARD,
    INTERESTS,
    MINUTED,
    NAMED,
    OUTCOMES,
    TOGETHER,
    BesideForm,
    Declared,
    Heard,
    Minuted,
    StepRows,
)
from service.posts.posting import Cause
from workflows.checks.context import Operation as Allowed
from workflows.surroundings import Definition, Operation

DECLARING = (
    "operations", "interest", "counting", "corrections", "endings", "outcomes", "publishing", "runs", "standing",
    "telling", "papering", "resting",
)  # fmt: skip
"""Names of the modules of a flow that declare something."""


def _load() -> None:
    for module in pkgutil.walk_packages(flows.__path__, flows.__name__ + "."):
        if module.name.rsplit(".", 1)[-1].startswith(DECLARING):
            importlib.import_module(module.name)


_load()

OPERATIONS: Mapping[str, Operation] = MappingProxyType({name: found.run for name, found in DECLARED.items()})
"""Operation name (`hiring.reserve`) → what a service task of that type runs."""


def declared() -> Mapping[str, Declared]:
    """Every operation with its parameters, for the editor and the reference."""
    return MappingProxyType(DECLARED)


def likely(operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an operation would likely answer to these variables: only proposed; {} where nothing fits."""
    propose = OUTCOMES.get(operation)
    try:
        return propose(variables) if propose else {}
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def allowed() -> dict[str, Allowed]:
    """The operations as the deploy gate asks for them: inputs and headers are both parameters of a service task."""
    return {
        name: Allowed(
            name,
            {**found.inputs, **dict.fromkeys(found.headers, "string")},
            found.required,
            reads=found.reads,
            writes=found.writes,
            ledger=found.ledger,
            only=found.only,
        )
        for name, found in DECLARED.items()
    }


def takes_of_pools(definition: Definition) -> bool:
    """Whether cases of this flow take or lend posts of the reserved pools, themselves or in what they call."""
    work = (element.zeebe.get("taskDefinition", {}).get("type") for element in definition.spec.everything.values())
    return any(name in DECLARED and DECLARED[name].of_pools for name in work)


def interest_of(session: Session, definition_key: str, instance_id: str, person_id: str) -> str | None:
    """Why this person may not act in this case (policy §3.H, recusal); None when nothing is known against it."""
    ask = INTERESTS.get(definition_key)
    return ask(session, instance_id, person_id) if ask else None


def counted_with(
    session: Session, definition_key: str, instance_id: str, *, lock: bool = False
) -> Sequence[str] | None:
    """The tasks of the other votes to be counted now with the one of this case; None while one is still voted on."""
    find = TOGETHER.get(definition_key)
    return find(session, instance_id, lock) if find else ()


def enter_beside(definition_key: str, found: BesideForm) -> None:
    """Enter what stood in a case on paper beside its forms; Invalid("told.rows") where the flow keeps nothing there."""
    if definition_key not in BESIDE:
        raise Invalid("told.rows", faults=(Fault("rows", "told.rows"),))
    BESIDE[definition_key][0](found)


def beside_columns(definition_key: str) -> tuple[Column, ...]:
    """The columns of a sheet of such rows; none where the flow keeps nothing beside its forms."""
    return BESIDE[definition_key][1] if definition_key in BESIDE else ()


def named(session: Session, definition_key: str, instance_id: str, text: str) -> str | None:
    """The id of whom a paper names, of a step that is done for several; the text where the flow knows no names."""
    find = NAMED.get(definition_key)
    return find(session, instance_id, text) if find else text


def rows_at(definition_key: str, element_id: str) -> StepRows | None:
    """The rows beside a form that are entered at a step; None where it takes none."""
    return BESIDE[definition_key][2](element_id) if definition_key in BESIDE else None


def names_several(definition_key: str) -> bool:
    """Whether papers of this flow name for whom a step was that is done for several."""
    return definition_key in NAMED


def heard_before(definition_key: str, element_id: str) -> tuple[str, Heard] | None:
    """The event at which a case waits for a message before this step, and what it heard there on paper."""
    return HEARD.get((definition_key, element_id))


def heard_at(definition_key: str) -> Mapping[str, str]:
    """Element of such an event → the step behind it."""
    return {waits: step for (flow, step), (waits, _) in HEARD.items() if flow == definition_key}


def rests_on(definition_key: str, element_id: str, said: Minuted) -> dict[str, Any]:
    """What minutes rest on beside their form, as their flow knows it: nothing for most steps."""
    look = MINUTED.get((definition_key, element_id))
    return dict(look(said)) if look else {}


def ended(session: Session, definition_key: str, cause: Cause) -> None:
    """The case of the cause has ended: what its flow has to put in order then, whatever ended it."""
    follow = ENDINGS.get(definition_key)
    if follow is not None:
        follow(session, cause)


def applications_of(session: Session, person_id: str) -> set[str]:
    """Instance ids of the cases that are about this person alone, open or not, as each flow knows them."""
    return {instance_id for find in APPLICATIONS.values() for instance_id in find(session, person_id)}


def asked_by_files(session: Session, on: date) -> dict[str, str]:
    """Instance id → suspend | resume | end: what the files on discipline ask of cases now, flow by flow."""
    return {instance_id: word for find in DISCIPLINES.values() for instance_id, word in find(session, on).items()}


def departed(person_id: str, because: str, now: datetime) -> None:
    """Let every flow do what it does when somebody has left, in the order of their names."""
    for _, act in sorted(DEPARTURES.items()):
        act(person_id, because, now)
