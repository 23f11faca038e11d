"""The command that serves a county for practice."""

import ipaddress
import shlex
from pathlib import Path

import click

from service import observe, serving
from service.cli import speaking

LOCAL = "127.0.0.1"
PORT = 8010


@click.command()
@click.option(
    "--folder",
    default=Path("var") / "practice",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keys, files and database of the practice county.",
)
@click.option("--database", default=None, help="An empty database of its own (PostgreSQL); else SQLite in the folder.")
@click.option("--host", default=LOCAL, show_default=True, help="0.0.0.0 lets everybody in the network in.")
@click.option("--port", default=PORT, show_default=True)
@click.option("--base-url", default=None, help="The address as people reach it; default http://HOST:PORT.")
@click.option("--reset", is_flag=True, help="Throw the county away and make it anew.")
@click.option("--environment", is_flag=True, help="Print the variables by which other commands work on it.")
def practice(
    folder: Path, database: str | None, host: str, port: int, base_url: str | None, reset: bool, environment: bool
) -> None:  # fmt: skip
    """Make a county to practise in when it is absent, and serve it: every page and paper says 演练, nothing is sent.

    It never touches a database that was not made for it. Passwords of offices and schools lie in FOLDER/passwords.csv.
    """
    from service.demo import practice as county

    if environment:
        for name, value in county.environment(folder, database).items():
            click.echo(f"export {name}={shlex.quote(value)}")
        return
    address = base_url or f"http://{host}:{port}"
    app = county.prepared(county.Wanted(folder, address, database, reset), click.echo)
    if not is_local(host):
        click.echo(speaking.in_words_of("practice.open", host=host), err=True)
    click.echo(f"{folder / county.PASSWORDS}\n{address}")
    observe.log_to()
    serving.run(app, serving.Bind(host, port, 1, 8))


def is_local(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
