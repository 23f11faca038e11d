"""The provider of this installation; the libraries that it needs are loaded only where there is one."""

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from service.signon.provider import Provider

EXTENSION = "lectern.signon"


def provider() -> "Provider | None":
    """The provider, made once a process; None without single sign-on."""
    chosen = current_app.extensions["lectern.settings"].oidc
    if chosen is None:
        return None
    if EXTENSION not in current_app.extensions:
        from service.signon.provider import Provider

        current_app.extensions.setdefault(EXTENSION, Provider(chosen))
    found: Provider = current_app.extensions[EXTENSION]
    return found
