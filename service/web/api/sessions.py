"""Login, logout, who am I."""

from typing import Any

from flask import request

from service.access import commands
from service.access.commands import LogIn
from service.web import edge
from service.web.api import api
from service.web.api.schemas import sessions as shapes


@api.post("/login")
@api.input(shapes.LoginIn, arg_name="body")
@api.output(shapes.LoginOut)
def login(body: dict[str, Any]) -> Any:
    """A bearer token for a user name and password; throttled per name and address (429)."""
    sent = LogIn(body["username"], body["password"], request.remote_addr or "", "bearer")
    return commands.log_in(edge.actor(), sent, now=edge.now())


@api.post("/logout")
@api.output({}, status_code=204)
def logout() -> Any:
    """Revoke the token of this request."""
    commands.log_out(edge.actor(), now=edge.now())
    return ""


@api.get("/me")
@api.output(shapes.MeOut)
def me() -> Any:
    """Who I am and which roles I hold today."""
    actor = edge.actor()
    return {
        "account_id": actor.account_id,
        "person_id": actor.person_id,
        "name": actor.name,
        "organisation_id": actor.organisation_id,
        "locale": actor.locale,
        "roles": [
            {"role": held.role, "organisation_id": held.organisation_id, "acting": held.acting} for held in actor.roles
        ],
    }
