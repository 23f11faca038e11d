"""Flows do not know each other: what two of them need lies beside them, in `service/flows/`."""

from tests.architecture.trees import HOUSE, modules

ROOMS = sorted(path for path in (HOUSE / "service/flows").glob("*") if (path / "__init__.py").is_file())
FLOWS = [path.name for path in ROOMS if any(path.glob("operations*.py"))]
SHARED = [path.name for path in ROOMS if path.name not in FLOWS]
"""Rooms that all flows use; they know none of them."""


def test_flows_do_not_import_each_other() -> None:
    assert "hiring" in FLOWS
    for flow in FLOWS:
        _expect_none(flow, [other for other in FLOWS if other != flow])


def test_what_all_flows_use_knows_none_of_them() -> None:
    assert SHARED == ["corrections", "publicity"]
    for room in SHARED:
        _expect_none(room, FLOWS)


def _expect_none(room: str, others: list[str]) -> None:
    """No module of a room imports one of the others."""
    closed = tuple(f"service.flows.{other}" for other in others)
    for module in modules(f"service/flows/{room}"):
        found = [name for name in module.imported if name.startswith(closed)]
        assert not found, f"{module.name} imports {found}"


def test_rules_of_a_noun_are_pure() -> None:
    """`rules` and `signing` see values, never a session, a request or a clock."""
    for module in modules("service", pattern="rules*.py"):
        impure = {"flask", "sqlalchemy", "service.db", "service.clock"}
        found = [name for name in module.imported if name in impure or name.startswith(("flask.", "sqlalchemy."))]
        assert not found, f"{module.name} imports {found}"
