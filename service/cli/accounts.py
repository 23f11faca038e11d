"""Commands of accounts, for who installs: the first admin, and that admin's link to the provider of sign-on."""

from datetime import UTC, datetime

import click

from service import config, installing
from service.access.actor import Actor
from service.cli.installation import installed


@click.command("create-admin")
@click.argument("username")
@click.password_option(envvar="LECTERN_ADMIN_PASSWORD")
def create_admin(username: str, password: str) -> None:
    """Open an account with the role of admin; the person's name is the user name until it is edited.

    Open two of them, for two persons: an admin whom the first one opens in the pages approves none of that one's flows
    for some days.
    """
    with installed().app_context():
        installing.first_admin(username, password, datetime.now(UTC))
    click.echo(f"admin {username} may log in; a second person who is to approve flows gets an admin the same way")


@click.command("link-identity")
@click.argument("username")
@click.argument("subject")
def link_identity(username: str, subject: str) -> None:
    """Link the account USERNAME with SUBJECT (sub) of the provider of single sign-on; its sessions end."""
    from service.access import commands_signon, queries
    from service.access.commands_signon import LinkIdentity

    oidc = config.read().oidc
    with installed().app_context():
        account_id = queries.account_named(Actor.system(), username)
        command = LinkIdentity(account_id, oidc.issuer if oidc else None, subject)
        commands_signon.link_identity(Actor.system(), command, now=datetime.now(UTC))
    click.echo(f"{username} is linked with {subject}")


COMMANDS = (create_admin, link_identity)
