"""From a process as read to specs that SpiffWorkflow runs: nodes, flows, what attaches where, what reaches joins."""

# mypy: allow-subclassing-any

from collections.abc import Callable, Mapping

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.diagram.elements import Element, Model
from workflows.diagram.values import NOTHING, Texts
from workflows.dialect.making import CLASSES, Maker
from workflows.errors import Fault
from workflows.nodes import containers, events, gateways
from workflows.nodes.base import Flow, Node


class ProcessSpec(BpmnProcessSpec):
    """A process or sub process as executed: SpiffWorkflow's spec, with its start event and inclusive joins at hand."""

    begin: Node
    inclusive: tuple[gateways.Inclusive, ...] = ()


def build(model: Model, called: Callable[[str], ProcessSpec], faults: list[Fault]) -> ProcessSpec:
    """The executable form of a process without faults of shape; texts that do not compile are added to `faults`."""
    maker = Maker(Texts(faults), called)
    specs = {scope.id: ProcessSpec(name=scope.id, description=scope.name) for scope in _scopes(model)}
    nodes = {
        element.id: maker.node(specs[element.scope], element)
        for element in model.elements.values()
        if element.kind != "sequenceFlow"
    }
    for element in model.elements.values():
        if element.kind != "sequenceFlow":
            _connect(model, nodes, element, maker.texts)
    for name, spec in specs.items():
        _finish(model, nodes, name, spec)
        if name != model.process.id:
            outer = nodes[name]
            inside = outer.body if isinstance(outer, containers.Loop) else outer
            assert isinstance(inside, containers.Embedded)
            inside.inner = spec
    return specs[model.process.id]


def check_texts(model: Model, faults: list[Fault]) -> None:
    """Add the faults of texts to those of shape, so that an author sees all of them at once."""
    texts = Texts(faults)
    maker = Maker(texts, _no_process)
    spec = ProcessSpec(name=model.process.id)
    for element in model.elements.values():
        if element.kind == "sequenceFlow" and element.condition:
            texts.condition(element, element.condition)
        elif element.kind in CLASSES and element.id not in spec.task_specs:
            maker.node(spec, element)


def _no_process(process_id: str) -> ProcessSpec:
    raise KeyError(process_id)


def _scopes(model: Model) -> list[Element]:
    return [model.process, *(element for element in model.elements.values() if element.kind == "subProcess")]


def _connect(model: Model, nodes: Mapping[str, Node], element: Element, texts: Texts) -> None:
    node = nodes[element.id]
    flows = []
    for name in element.outgoing:
        flow = model.elements[name]
        condition = texts.condition(flow, flow.condition) if flow.condition else NOTHING
        default = name == element.default
        flows.append(Flow(name, nodes[flow.target], NOTHING if default else condition, default))
        node._outputs.append(flow.target)
        nodes[flow.target]._inputs.append(element.id)
    node.flows = tuple(flows)
    if element.attached_to:
        host = nodes[element.attached_to]
        host.events = (*host.events, node)


def _finish(model: Model, nodes: Mapping[str, Node], name: str, spec: ProcessSpec) -> None:
    inside = [nodes[element.id] for element in model.within(name) if element.kind != "sequenceFlow"]
    spec.begin = next(node for node in inside if isinstance(node, events.Begin))
    joins = [node for node in inside if isinstance(node, gateways.Inclusive) and len(node.incoming) > 1]
    spec.inclusive = tuple(joins)
    before = {node: [nodes[model.elements[flow].source] for flow in node.incoming] for node in inside}
    for node in inside:
        for event in node.events:
            before[event].append(node)
    for join in joins:
        join.reaching = {flow: _reaching(nodes[model.elements[flow].source], before, join) for flow in join.incoming}


def _reaching(source: Node, before: Mapping[Node, list[Node]], join: Node) -> frozenset[Node]:
    """The nodes from which a path leads to `source` without visiting `join`."""
    seen: set[Node] = set()
    todo = [source]
    while todo:
        node = todo.pop()
        if node not in seen and node is not join:
            seen.add(node)
            todo.extend(before[node])
    return frozenset(seen)
