"""Migrations in words, for API and pages alike."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from service.deployments import queries as definitions
from service.instances import queries_migrate
from service.web import edge
from service.web.draftview import namer
from service.web.words import words


def reasons_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Why a case stays, in the caller's language."""
    return [
        {
            "code": row["code"],
            "element_id": row["element_id"] or None,
            "message": words(row["code"], {**row["params"], "name": row["name"]}, edge.locale()),
        }
        for row in rows
    ]


def foreseen(instance_id: str, definition_id: str, mapping: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """What moving a case would do."""
    plan = queries_migrate.foresee(edge.actor(), instance_id, definition_id, mapping)
    reasons = reasons_of(queries_migrate.reasons(plan))
    redrawn = [{"element_id": name, "what": list(what)} for name, what in plan.redrawn.items()]
    events = {"armed": list(plan.armed), "dropped": list(plan.dropped)}
    return {"safe": plan.safe, "reasons": reasons, "redrawn": redrawn, **events}


def migration_of(migration_id: str) -> dict[str, Any]:
    """A migration of many cases: how far it is."""
    found = queries_migrate.migration(edge.actor(), migration_id)
    target = definitions.version_of(edge.actor(), found.definition_id)
    return {
        "id": found.id, "definition_id": found.definition_id, "definition_key": target.key,
        "definition_version": target.version, "dry_run": found.dry, "reason": found.reason,
        "asked_by": namer([found.asked_by])(found.asked_by), "at": found.at, "run_id": found.run_id,
        "mapping": dict(found.mapping),
        **vars(found.counts),
    }  # fmt: skip


def row_of(row: Any) -> dict[str, Any]:
    """One case of a migration."""
    told = {"process_instance_id": row.instance_id, "business_key": row.business_key, "state": row.state}
    return {**told, "reasons": reasons_of(row.reasons)}
