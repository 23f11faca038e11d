"""Commands of operation: back up, look at a backup, restore, look at the whole installation."""

import base64
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from service import config
from service.cli.installation import installed
from service.cli.speaking import in_words
from service.crypto import ring_of
from service.errors import Invalid
from service.operation.findings import EXIT, Found
from service.web.words import LOCALES, words

KEY_BYTES = 32
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Write database, files and checkpoints into one file in FOLDER, while people work; exit 1 when files are lost."""
    from service.operation.backup import back_up

    with installed().app_context():
        made = back_up(folder, datetime.now(UTC))
    click.echo(f"{made.path}: {made.size / (1 << 20):.1f} MB, {made.files} files")
    for checksum in made.lacking:
        click.echo(f"NOT IN IT: the file {checksum} is gone from the data folder, or damaged")
    sys.exit(1 if made.lacking else 0)


@click.command("verify-backup")
@click.argument("file", type=FILE)
def verify_backup(file: Path) -> None:
    """Read every byte of a backup and say what it is; exit 1 when a byte was changed or a key is missing here."""
    from service.operation.restore import check

    with installed().app_context():
        facts, missing = check(file)
    click.echo(_told(facts))
    if missing:
        click.echo(in_words(Invalid("restore.keys_missing", faults=missing)))
    sys.exit(1 if missing else 0)


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Load although something is there: it is renamed, not deleted.")
@click.option("--without-keys", is_flag=True, help="Load although keys are missing: what they encrypted stays unread.")
def restore(file: Path, replace: bool, without_keys: bool) -> None:
    """Load a backup into this installation, after every byte was checked; then verify record and ledger."""
    from service.operation.restore import Choices
    from service.operation.restore import restore as load

    with installed().app_context():
        done = load(file, Choices(replace, without_keys), datetime.now(UTC))
    click.echo(_told(done.facts))
    for place in done.aside:
        click.echo(f"what was there lies now at {place}")
    click.echo(f"{done.files} files; {done.record.text()}")
    click.echo(f"ledger: {done.unbalanced} accounts differ from their entries" if done.unbalanced else "ledger: ok")
    sys.exit(0 if done.ok else 1)


@click.command("new-keys")
def new_keys() -> None:
    """Print the three secrets of a new installation as lines of lectern.env; nothing is kept, nothing read."""
    for name in config.REQUIRED:
        click.echo(f"LECTERN_{name}={base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}")


@click.command("key-names")
def key_names() -> None:
    """Print the names of the keys of this installation, for the page of key custody; nothing of the keys themselves."""
    from service.audit.checkpoint import public_bytes, signing_key
    from service.evidence.offline import fingerprint

    settings = config.read()
    for number, name in enumerate(ring_of(settings.field_keys).ids):
        click.echo(f"LECTERN_FIELD_KEYS[{number}] {name}{' (encrypts)' if number == 0 else ''}")
    click.echo(f"LECTERN_SIGNING_KEY {fingerprint(public_bytes(signing_key(settings)))}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document: findings with check, level, code, zh, en.")
def doctor(as_json: bool) -> None:
    """Look at everything that this installation needs; exit 0 when all is well, 1 for warnings, 2 for errors."""
    from service.operation.doctor import examine, settings_faults

    found = settings_faults(os.environ)
    if not found:
        with installed().app_context():
            found = examine(datetime.now(UTC))
    click.echo(_as_json(found) if as_json else "\n".join(map(_line, found)))
    sys.exit(max(EXIT[one.level] for one in found))


def _line(one: Found) -> str:
    mark = {"ok": "ok      ", "warning": "WARNING ", "error": "ERROR   "}[one.level]
    return f"{mark}{one.check}: " + " / ".join(words(one.code, one.params, locale) for locale in LOCALES)


def _as_json(found: Sequence[Found]) -> str:
    told = [
        {"check": one.check, "level": one.level, "code": one.code, "params": one.params}
        | {locale: words(one.code, one.params, locale) for locale in LOCALES}
        for one in found
    ]
    worst = max(found, key=lambda one: EXIT[one.level]).level
    return orjson.dumps({"worst": worst, "findings": told}, option=orjson.OPT_INDENT_2).decode()


def _told(facts: Mapping[str, Any]) -> str:
    lines = [
        f"backup of {facts['made_at']}, Lectern {facts['version']}, {facts['database']}, schema {facts['revision']}",
        f"time zone {facts['zone']}; field keys {', '.join(facts['field_keys'])}; {facts['checkpoints']} checkpoints",
    ]
    return "\n".join([*lines, *(f"NOT IN IT: the file {checksum}" for checksum in facts["lacking"])])


COMMANDS = (backup, verify_backup, restore, new_keys, key_names, doctor)
