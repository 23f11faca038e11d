"""Running cases that move to another version of their flow: one at once, many in the background."""

from typing import Any

from service.instances import commands_migrate, queries_migrate
from service.instances.commands_migrate import MigrateInstance, MigrateMany
from service.web import edge, migrationview
from service.web.api import api
from service.web.api.schemas import migrations as shapes

MIGRATIONS = ["Migration of cases"]


@api.post("/process-instances/<instance_id>/migrate")
@api.input(shapes.MigrateIn, arg_name="body")
@api.output(shapes.MigrateOut)
@api.doc(tags=MIGRATIONS)
def migrate_instance(instance_id: str, body: dict[str, Any]) -> Any:
    """Move a case to another version, keeping drafts, seats and deadlines; 409 migrate.refused says why it stays."""
    if body["dry_run"]:
        return migrationview.foreseen(instance_id, body["definition_id"], body["mapping"]) | {"moved": False}
    sent = MigrateInstance(
        instance_id, body["definition_id"], body["reason"] or "", edge.version_seen(body), body["mapping"]
    )
    edge.repeatable(
        body, 200, lambda: commands_migrate.migrate_instance(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return {"safe": True, "moved": True, "reasons": [], "armed": [], "dropped": [], "redrawn": []}


@api.post("/process-definitions/<definition_id>/migrations")
@api.input(shapes.MigrateManyIn, arg_name="body")
@api.output(shapes.MigrationOut, status_code=202)
@api.doc(tags=MIGRATIONS)
def migrate_many(definition_id: str, body: dict[str, Any]) -> Any:
    """Move the running cases of a flow to this version in the background; safe ones move, the others stay."""
    sent = MigrateMany(definition_id, body["reason"] or "", tuple(body["of"]), body["dry_run"], body["mapping"])
    migration_id = edge.repeatable(
        body,
        202,
        lambda: commands_migrate.migrate_many(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["migration_id"]),
    )
    return migrationview.migration_of(migration_id)


@api.get("/migrations/<migration_id>")
@api.output(shapes.MigrationOut)
@api.doc(tags=MIGRATIONS)
def get_migration(migration_id: str) -> Any:
    """How far a migration is; ask again every second or so while cases wait."""
    return migrationview.migration_of(migration_id)


@api.get("/migrations/<migration_id>/cases")
@api.input(shapes.MigrationRowQuery, location="query", arg_name="query")
@api.output(shapes.MigrationRowPage)
@api.doc(tags=MIGRATIONS)
def list_migration_cases(migration_id: str, query: dict[str, Any]) -> Any:
    """The cases of a migration, those that stay with every reason."""
    limit = query["limit"]
    queries_migrate.migration(edge.actor(), migration_id)
    found = queries_migrate.rows(edge.actor(), migration_id, query["state"], query["cursor"], limit + 1)
    following = found[limit - 1].instance_id if len(found) > limit else None
    return {"items": [migrationview.row_of(row) for row in found[:limit]], "next": following}
