"""What every command begins with: the application of this installation, and errors in one line."""

import click
from flask import Flask

from service import config
from service.app import create_app
from service.cli import speaking
from service.errors import LecternError


class Commands(click.Group):
    """Errors that the caller can act on are told in one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except LecternError as error:
            raise click.ClickException(speaking.in_words(error)) from error


def installed() -> Flask:
    """The application of this installation, from LECTERN_* variables."""
    settings = config.read()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return create_app(settings)
