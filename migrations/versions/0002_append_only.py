"""Ledger entries, events and checkpoints are never changed or deleted: held by triggers of both databases.

The one exception is an event's contents: a redaction erases them, a rotation of keys encrypts them again; number,
time, actors, kind, digest and hash stay. A later migration that rebuilds one of these tables on SQLite must create
its triggers again.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("ledger_entry", "audit_event", "audit_checkpoint")
FROZEN = ("stream", "seq", "at", "actor_id", "on_behalf_of", "kind", "element_id", "digest", "hash")


def same(*names: str, operator: str) -> str:
    return " AND ".join(f"NEW.{name} {operator} OLD.{name}" for name in names)


def allowed(operator: str) -> str:
    """What an update of an event may do, with the database's word for "the same, NULL included"."""
    erased = "NEW.body IS NULL AND NEW.salt IS NULL AND NEW.sensitive IS NULL AND NEW.redacted_at IS NOT NULL"
    redaction = f"OLD.redacted_at IS NULL AND {erased}"
    rotation = f"{same('body', 'salt', 'redacted_at', operator=operator)} AND NEW.sensitive IS NOT NULL"
    rotation += " AND OLD.sensitive IS NOT NULL"
    return f"{same(*FROZEN, operator=operator)} AND (({redaction}) OR ({rotation}))"


def sqlite() -> None:
    for table in TABLES:
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only');"
        when = f"WHEN NOT ({allowed('IS')})" if table == "audit_event" else ""
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} BEGIN {refuse} END")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse} END")


def postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in TABLES:
        when = f"WHEN (NOT ({allowed('IS NOT DISTINCT FROM')}))" if table == "audit_event" else ""
        call = "EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {when} {call}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {call}")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        sqlite()
    else:
        postgresql()


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for action in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{action}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        op.execute("DROP FUNCTION refuse_change()")
