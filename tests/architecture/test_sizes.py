"""The size and the look of files and functions (design §9)."""

import ast
import re

from tests.architecture.trees import Module, modules

FILE_LINES = 300
FUNCTION_LINES = 40
CODE = modules("service", "workflows", "bpmn", "benchmarks", "wsgi.py")
TESTS = modules("tests")

EDGES = {
    "service/jobs.py": "the edge of a tick: one failing job does not stop the others",
    "service/instances/due.py": "the edge of a timer: a failing case does not stop the others",
    "service/channels/couriers.py": "the edge of a courier: what one channel meets does not stop the others",
    "service/runs/working.py": "the edge of a run: what one meets ends it with words, and stops no other",
    "service/notices/delivery.py": "the edge to another system: whatever it raises is kept and shown",
    "workflows/run.py": "the edge to operations that others wrote: it becomes an EngineFault",
    "workflows/rehearsal/play.py": "the edge to a diagram that is still being drawn: it becomes an EngineFault",
    "workflows/checks/trial_process.py": "the edge of the trial process: its parent reports it",
}
ROLLBACK = "service/db.py"


def test_files_are_short() -> None:
    wrong = {module.name: module.text.count("\n") for module in CODE + TESTS}
    wrong = {name: lines for name, lines in wrong.items() if lines > FILE_LINES}
    assert not wrong, wrong


def test_every_file_says_what_it_is() -> None:
    said = {module.name: ast.get_docstring(module.tree, clean=False) or "" for module in CODE + TESTS}
    wrong = [name for name, words in said.items() if not words.partition("\n")[0].strip()]
    assert not wrong, f"the docstring is missing or begins with an empty line: {wrong}"


def test_functions_fit_on_a_screen() -> None:
    wrong = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in CODE + TESTS
        for function in module.functions
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    ]
    assert not wrong, wrong


def test_everything_is_caught_only_at_an_edge() -> None:
    wrong = []
    for module in modules("service", "workflows"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and broad(node):
                raised_again = module.name == ROLLBACK and isinstance(node.body[-1], ast.Raise)
                wrong += [] if module.name in EDGES or raised_again else [f"{module.name}:{node.lineno}"]
    assert not wrong, wrong


def broad(handler: ast.ExceptHandler) -> bool:
    names = {inner.id for inner in ast.walk(handler.type) if isinstance(inner, ast.Name)} if handler.type else {""}
    return bool(names & {"Exception", "BaseException", ""})


def test_no_edge_is_listed_that_catches_nothing() -> None:
    for name in EDGES:
        handlers = [n for n in ast.walk(Module(name).tree) if isinstance(n, ast.ExceptHandler)]
        assert any(broad(handler) for handler in handlers), f"{name} catches nothing broad any more"


def test_names_say_what_a_thing_does() -> None:
    vague = re.compile(r"(Service|Manager|Helper|Utils?)$")
    for module in CODE:
        found = [n.name for n in ast.walk(module.tree) if isinstance(n, ast.ClassDef) and vague.search(n.name)]
        assert not found, f"{module.name}: {found}"
        assert not re.search(r"(^|/)(utils?|helpers?)(/|\.py$)", module.name), module.name
