"""The command line: install, serve, deploy, fire deadlines, verify the record, show the demo county."""

import base64
import os
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from service import config, observe, serving
from service.access.actor import Actor
from service.app import HOUSE
from service.cli import accounts, operation, practice, publishing, speaking
from service.cli.installation import Commands, installed
from service.schema import upgrade

LOCAL = "127.0.0.1"


@click.group(cls=Commands)
def main() -> None:
    """Lectern 讲席: staffing flows of an education bureau and its schools."""


for command in (*accounts.COMMANDS, *operation.COMMANDS, *publishing.COMMANDS, practice.practice):
    main.add_command(command)


@main.command()
def init() -> None:
    """Bring the database to the newest schema and load the published calendar."""
    from service.calendar.commands import load_calendar

    app = installed()
    with app.app_context():
        upgrade()
        added = load_calendar(Actor.system(), now=datetime.now(UTC))
    click.echo(f"ready; {len(added)} days of the calendar added")


@main.command()
@click.option("--host", default=LOCAL, show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; more than one needs PostgreSQL.")
@click.option("--threads", default=8, show_default=True)
@click.option("--deadlines/--no-deadlines", default=True, show_default=True, help="Fire what falls due, or leave it to "
              "`lectern scheduler`.")  # fmt: skip
def serve(host: str, port: int, workers: int, threads: int, deadlines: bool) -> None:
    """Serve pages and API, with the background jobs in the first worker."""
    click.echo(f"http://{host}:{port}")
    serving.run(installed(), serving.Bind(host, port, workers, threads, deadlines))


@main.command()
@click.option("--threads", default=4, show_default=True, help="Deadlines that are fired at the same time.")
def scheduler(threads: int) -> None:
    """Fire deadlines and deliver notices, beside `lectern serve` and as often as wanted (PostgreSQL only).

    Run as many as the load needs, on any machine that reaches the database: they share the work by themselves, and
    when one is lost, even by kill -9, the others go on with what it had not finished. SIGTERM lets running
    transactions end. Files of checkpoints and clean-ups stay with `lectern serve`; start that with --no-deadlines
    to keep its process for people.
    """
    app = installed()
    observe.log_to()
    serving.schedule(app, threads)


@main.command("fire-timers")
@click.option("--until", required=True, help="An RFC 3339 moment, a day, or now.")
def fire_timers(until: str) -> None:
    """Fire every deadline that is due at UNTIL, as if that moment had come."""
    from service.instances.due import fire_due

    app = installed()
    moment = speaking.moment(until, app.extensions["lectern.settings"].zone)
    with app.app_context():
        done = fire_due(moment, now=max(moment, datetime.now(UTC)))
    click.echo(f"fired {done.fired}, failed {done.failed}")
    sys.exit(1 if done.failed else 0)


@main.command("verify-audit")
def verify_audit() -> None:
    """Check every event and checkpoint; exit 1 when anything was changed, removed or cut off."""
    from service.audit.verify import verify

    with installed().app_context():
        report = verify(datetime.now(UTC))
    click.echo(report.text())
    sys.exit(0 if report.ok else 1)


@main.command("verify-bundle")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False))
def verify_bundle(bundle: str) -> None:
    """Check an evidence bundle, with nothing but what lies in it; exit 1 when anything was changed."""
    from service.evidence.offline import verify

    result = verify(bundle)
    click.echo(result.text())
    sys.exit(1 if result.problems else 0)


@main.command("verify-sheet")
@click.argument("code", nargs=-1, required=True)
def verify_sheet(code: tuple[str, ...]) -> None:
    """Check the CODE of a printed approval sheet against the record; exit 1 when they do not agree."""
    from service.evidence.checking import check_sheet
    from service.evidence.sheet import Code

    with installed().app_context():
        checked = check_sheet(Code.read(" ".join(code)), now=datetime.now(UTC))
    click.echo(checked.text())
    sys.exit(0 if checked.ok else 1)


@main.command("public-key")
def public_key() -> None:
    """Print the key that others verify bundles and checkpoints with: publish its fingerprint."""
    from service.audit.checkpoint import public_bytes, signing_key
    from service.evidence.offline import fingerprint

    public = public_bytes(signing_key(config.read()))
    click.echo(f"{base64.b64encode(public).decode()}\n{fingerprint(public)}")


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Write everything encrypted anew under the first of LECTERN_FIELD_KEYS; then the others may be dropped."""
    from service.rotation import rotate

    with installed().app_context():
        for done in rotate(datetime.now(UTC)):
            click.echo(f"{done.what}: {done.written} written anew")
    click.echo("done; keys after the first may be taken out of LECTERN_FIELD_KEYS")


@main.command("test-mail")
@click.argument("address")
def test_mail(address: str) -> None:
    """Send a mail to ADDRESS through LECTERN_SMTP_URL, and say what the server answered."""
    from service.channels.mail import send_test

    with installed().app_context():
        message_id = send_test(address, datetime.now(UTC))
    click.echo(f"accepted by the server: {message_id}")


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="Throw the demo county away and make it anew.")
@click.option("--environment", is_flag=True, help="Print the variables by which other commands work on the demo.")
def demo(port: int, reset: bool, environment: bool) -> None:
    """Make the demo county when it is absent, and serve it on the loopback only."""
    from service.demo import running

    if environment:
        found = running.environment(Path(os.environ.get("LECTERN_DATA_DIR", HOUSE / "var" / "demo")))
        for name, value in found.items():
            click.echo(f"export {name}={shlex.quote(value)}")
        return
    app, password = running.prepared(
        Path(os.environ.get("LECTERN_DATA_DIR", HOUSE / "var" / "demo")), reset, click.echo
    )
    click.echo(f"demo password: {password}")
    click.echo(f"http://{LOCAL}:{port}")
    observe.log_to()
    serving.run(app, serving.Bind(LOCAL, port, 1, 8))
