"""The diagram dialect: BPMN 2.0 with Camunda 8 extension elements, as SpiffWorkflow executes it (design §4)."""

from workflows.diagram.elements import Element, Event, Model
from workflows.dialect.parsing import Process, Spec, parse

__all__ = ["Element", "Event", "Model", "Process", "Spec", "parse"]
