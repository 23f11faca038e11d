"""The straight path (design §2): one transaction and one permission per command, and commands never call commands."""

import ast

from tests.architecture.trees import Function, Module, called, calls, modules, opened

COMMANDS = modules("service", pattern="commands*.py")
QUERIES = modules("service", pattern="queries*.py")
PUBLIC = [(module, function) for module in COMMANDS for function in module.public_functions]

OWN = {"actor.holders", "actor.person_id", "actor.account_id", "actor.acting_roles"}

EXEMPT: dict[tuple[str, str], str] = {}
"""(file, command) → why it differs. Empty: every command so far follows the path."""

TRANSACTIONS_ELSEWHERE = {
    "service/audit/checkpoint.py": "signs each chunk in a transaction of its own; lies below access, jobs call it",
    "service/notices/delivery.py": "marks what was delivered, each chunk in its own; lies below access, jobs call it",
    "service/demo/build.py": "makes the demo county in bulk, before anybody exists who could be asked",
    "service/demo/cases.py": "looks actors up between the commands that it calls in their names",
    "service/demo/practice.py": "sets the passwords of the county that it has just made",
    "service/installing.py": "makes the first organisation and admin, before anybody exists who could be asked",
    "service/notices/reading.py": "a reader marks own notices; lies below access, so its WHERE is the permission",
}


def told(module: Module, function: Function) -> str:
    return f"{module.name}:{function.lineno} {function.name}"


def commands() -> list[tuple[Module, Function]]:
    return [(module, function) for module, function in PUBLIC if (module.name, function.name) not in EXEMPT]


def test_there_are_commands_to_look_at() -> None:
    assert len(PUBLIC) > 20
    assert {module.name for module in COMMANDS} >= {"service/tasks/commands.py", "service/access/commands.py"}


def test_a_command_has_exactly_one_transaction() -> None:
    wrong = [told(m, f) for m, f in commands() if opened(f).count("transaction") != 1]
    assert not wrong, wrong


def test_a_command_asks_for_exactly_one_permission_inside_its_transaction() -> None:
    """A function of a commands module that is no command begins with an underscore or lies in another module."""
    wrong = []
    for module, function in commands():
        inside = [calls(block).count("policy.require") for block in blocks(function)]
        if calls(function).count("policy.require") != 1 or inside != [1]:
            wrong.append(told(module, function))
    assert not wrong, wrong


def blocks(function: Function) -> list[ast.With]:
    withs = [node for node in ast.walk(function) if isinstance(node, ast.With)]
    return [node for node in withs if "transaction" in [called(item.context_expr) for item in node.items]]


def test_a_command_takes_the_actor_first_and_the_moment_by_name() -> None:
    wrong = [
        told(module, function)
        for module, function in commands()
        if [argument.arg for argument in function.args.args][:1] != ["actor"]
        or "now" not in [argument.arg for argument in function.args.kwonlyargs]
    ]
    assert not wrong, wrong


def test_no_command_calls_another() -> None:
    commands = {module.name.removesuffix(".py").replace("/", ".") for module in COMMANDS}
    names = {f"{module.name.removesuffix('.py').replace('/', '.')}.{f.name}" for module, f in PUBLIC}
    for module in COMMANDS:
        own = {function.name for function in module.public_functions}
        assert not module.imported & names, f"{module.name} imports a command"
        for function in module.functions:
            assert not own & set(calls(function)), f"{told(module, function)} calls a command of its own module"
        others = module.imported & commands
        for other in others:
            alias = other.rpartition(".")[2]
            assert not [c for c in calls(module.tree) if c.startswith(f"{alias}.")], f"{module.name} calls {other}"


def test_transactions_are_opened_by_commands_only() -> None:
    allowed = {module.name for module in COMMANDS} | set(TRANSACTIONS_ELSEWHERE)
    found = {module.name for module in modules("service", "workflows") if "transaction" in opened(module.tree)}
    assert found - allowed == set()
    stale = {name for name in TRANSACTIONS_ELSEWHERE if name not in found}
    assert not stale, f"no longer needed in TRANSACTIONS_ELSEWHERE: {stale}"


def test_private_functions_of_commands_open_no_transaction() -> None:
    for module in COMMANDS:
        for function in module.functions:
            if function.name.startswith("_"):
                assert "transaction" not in opened(function), told(module, function)


def test_a_query_that_takes_the_actor_filters_by_what_the_actor_may_see() -> None:
    """By the policy, or by the actor's own holders and ids; building blocks that take a session are asked by others."""
    wrong = []
    for module in QUERIES:
        guarded = {function.name for function in module.functions if asks(function)}
        while more := {f.name for f in module.functions if guarded & names(f)} - guarded:
            guarded |= more
        takers = [f for f in module.public_functions if "actor" in [argument.arg for argument in f.args.args]]
        wrong += [told(module, function) for function in takers if function.name not in guarded]
    assert not wrong, wrong


def asks(function: Function) -> bool:
    asked = any(name.rpartition(".")[2] in ("visible", "require", "sees", "may_see") for name in calls(function))
    read = {called(node) for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return asked or bool(OWN & read) or hands_on(function)


def hands_on(function: Function) -> bool:
    """Asks another noun's query, which takes the actor and is held to the same rule."""
    given = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    first = [call.args[0] for call in given if call.args]
    return any(isinstance(argument, ast.Name) and argument.id == "actor" for argument in first)


def names(function: Function) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
