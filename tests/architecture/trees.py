"""The project's own modules as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A Python file; `name` is its path from the root of the project, with slashes."""

    name: str

    @cached_property
    def text(self) -> str:
        return (HOUSE / self.name).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @property
    def public_functions(self) -> list[Function]:
        """Functions at the module's top level whose name does not begin with an underscore."""
        return [node for node in self.tree.body if isinstance(node, Function) and not node.name.startswith("_")]

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    @property
    def imported(self) -> set[str]:
        """Dotted names of what is imported: `from a import b` gives `a` and `a.b`."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        return found


@cache
def parsed(name: str) -> Module:
    """A module, read and parsed once for all tests."""
    return Module(name)


def modules(*roots: str, pattern: str = "*.py") -> list[Module]:
    """Modules below `roots` (folders or files of the project) whose file name matches."""
    found: set[Path] = set()
    for root in roots:
        path = HOUSE / root
        found |= {path} if path.is_file() else set(path.rglob(pattern))
    return [parsed(path.relative_to(HOUSE).as_posix()) for path in sorted(found) if "__pycache__" not in path.parts]


def called(node: ast.AST) -> str:
    """The dotted name that a call names: "policy.require", "transaction"; "" for anything more complicated."""
    target = node.func if isinstance(node, ast.Call) else node
    parts = []
    while isinstance(target, ast.Attribute):
        parts.append(target.attr)
        target = target.value
    return ".".join(reversed([*parts, target.id])) if isinstance(target, ast.Name) else ""


def calls(node: ast.AST) -> list[str]:
    """The names of every call inside, each as often as it is written."""
    return [called(inner) for inner in ast.walk(node) if isinstance(inner, ast.Call)]


def opened(node: ast.AST) -> list[str]:
    """The names of what `with` statements inside enter."""
    return [
        called(item.context_expr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.With | ast.AsyncWith)
        for item in inner.items
    ]
