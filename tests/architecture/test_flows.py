"""Flows do not know each other: what two of them need lies beside them, in `service/flows/`."""

from tests.architecture.trees import HOUSE, modules

FLOWS = sorted(path.name for path in (HOUSE / "service/flows").glob("*") if (path / "__init__.py").is_file())


def test_flows_do_not_import_each_other() -> None:
    assert "hiring" in FLOWS
    for flow in FLOWS:
        others = tuple(f"service.flows.{other}" for other in FLOWS if other != flow)
        for module in modules(f"service/flows/{flow}"):
            found = [name for name in module.imported if name.startswith(others)]
            assert not found, f"{module.name} imports {found}"


def test_rules_of_a_noun_are_pure() -> None:
    """`rules` and `signing` see values, never a session, a request or a clock."""
    for module in modules("service", pattern="rules*.py"):
        impure = {"flask", "sqlalchemy", "service.db", "service.clock"}
        found = [name for name in module.imported if name in impure or name.startswith(("flask.", "sqlalchemy."))]
        assert not found, f"{module.name} imports {found}"
