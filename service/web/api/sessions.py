"""Login, logout, who am I, tokens of my programs."""

from dataclasses import asdict
from typing import Any

from flask import request

from service.access import commands, queries
from service.access.commands import IssueToken, LogIn, RevokeTokens
from service.instances import queries_about
from service.instances.queries_about import About
from service.parameters import kept
from service.web import casetitles, edge
from service.web.api import api
from service.web.api.schemas import sessions as shapes
from service.web.api.schemas.roles import TokenIn, TokenOut

SESSION = ["Session"]


@api.post("/login")
@api.input(shapes.LoginIn, arg_name="body")
@api.output(shapes.LoginOut)
@api.doc(tags=SESSION, security=[])
def login(body: dict[str, Any]) -> Any:
    """A bearer token for a user name and password; throttled per name and address (429)."""
    sent = LogIn(
        body["username"], body["password"], request.remote_addr or "", "bearer", kept.offices_sign_on(edge.now())
    )
    return commands.log_in(edge.actor(), sent, now=edge.now())


@api.post("/logout")
@api.output({}, status_code=204)
@api.doc(tags=SESSION)
def logout() -> Any:
    """Revoke the token of this request."""
    commands.log_out(edge.actor(), now=edge.now())
    return ""


@api.get("/me/cases")
@api.output(shapes.AboutList)
@api.doc(tags=SESSION)
def cases_about_me() -> Any:
    """What others have begun for me or about me, the newest first; the contents only where `readable`."""
    found = queries_about.about_me(edge.actor())
    casetitles.look_up(found)
    return {"items": [about_of(row) for row in found]}


def about_of(row: About) -> dict[str, Any]:
    """A case under the names of the API, its title in the reader's language."""
    return {**asdict(row), "title": casetitles.case_title(row.instance_id, row.title)}


@api.get("/me")
@api.output(shapes.MeOut)
@api.doc(tags=SESSION)
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


@api.get("/tokens")
@api.output(TokenOut(many=True))
@api.doc(tags=SESSION)
def list_tokens() -> Any:
    """My live tokens and sessions, newest first."""
    return queries.tokens_of(edge.actor(), edge.actor().account_id, edge.now())


@api.post("/tokens")
@api.input(TokenIn, arg_name="body")
@api.output(shapes.LoginOut, status_code=201)
@api.doc(tags=SESSION)
def issue_token(body: dict[str, Any]) -> Any:
    """A bearer token for a program of mine; it is seen this once, so a repeated request makes another."""
    return commands.issue_token(edge.actor(), IssueToken(body["label"], body["days"]), now=edge.now())


@api.delete("/tokens/<token_id>")
@api.output({}, status_code=204)
@api.doc(tags=SESSION)
def revoke_token(token_id: str) -> Any:
    """Revoke one of my tokens; one that is revoked already stays so."""
    commands.revoke_tokens(edge.actor(), RevokeTokens(edge.actor().account_id, token_id), now=edge.now())
    return ""
