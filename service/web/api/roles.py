"""Role assignments, roles that nobody holds, and the accounts with which people log in."""

from dataclasses import asdict
from typing import Any

from service.access import commands_accounts, commands_roles, queries
from service.access.accounts import NewAssignment
from service.access.commands_accounts import ChangePassword, CloseAccount, CreateAccount, ResetPassword
from service.access.commands_roles import EndRole, SetAbsence
from service.access.days import day_of
from service.people import queries as people
from service.people import queries_substitutes as substitutes
from service.tasks import queries as tasks
from service.web import edge
from service.web.api import api
from service.web.api.schemas import roles as shapes
from service.web.api.schemas.organisations import EndIn, VacancyOut
from service.web.api.shaping import paged, task_item

ROLES, USERS = ["Roles"], ["User accounts"]


@api.get("/role-assignments")
@api.input(shapes.AssignmentQuery, location="query", arg_name="query")
@api.output(shapes.AssignmentPage)
@api.doc(tags=ROLES)
def list_assignments(query: dict[str, Any]) -> Any:
    """Assignments in force or to come that I may see."""
    wanted = {name: query[name] for name in ("organisation_id", "person_id", "role")}
    rows = queries.assignments(edge.actor(), day_of(edge.now()), **wanted)
    return paged([dict(row._mapping) for row in rows], query)


@api.post("/role-assignments")
@api.input(shapes.AssignmentIn, arg_name="body")
@api.output(shapes.AssignmentOut, status_code=201)
@api.doc(tags=ROLES)
def assign_role(body: dict[str, Any]) -> Any:
    """Give a role at an organisation from a day on; nobody gives one to oneself."""
    assignment_id = edge.repeatable(
        body,
        201,
        lambda: commands_roles.assign_role(edge.actor(), NewAssignment(**body), now=edge.now()),
        lambda ids: str(ids["assignment_id"]),
    )
    return queries.assignment(edge.actor(), assignment_id)


@api.post("/role-assignments/<assignment_id>/end")
@api.input(EndIn, arg_name="body")
@api.output(shapes.EndedOut)
@api.doc(tags=ROLES)
def end_role(assignment_id: str, body: dict[str, Any]) -> Any:
    """End a role; the reply lists open tasks and substitutes to hand over. Signatures already given stay."""
    ended = edge.repeatable(
        body,
        200,
        lambda: commands_roles.end_role(edge.actor(), EndRole(assignment_id, body["on"]), now=edge.now()),
        lambda _ids: queries.ended(edge.actor(), assignment_id, day_of(edge.now())),
    )
    held = tasks.held_by(edge.actor(), ended.person_id)
    named = substitutes.substitutions(edge.actor(), day_of(edge.now()), person_id=ended.person_id)
    return asdict(ended) | {
        "is_vacant": ended.is_vacant,
        "open_tasks": [task_item(row) for row in held],
        "substitutes": [dict(row._mapping) for row in named],
    }


@api.post("/role-assignments/<assignment_id>/absence")
@api.input(shapes.AbsenceIn, arg_name="body")
@api.output(shapes.AssignmentOut)
@api.doc(tags=ROLES)
def set_absence(assignment_id: str, body: dict[str, Any]) -> Any:
    """Note or end an absence; meanwhile the standing alternate stands for the role as well."""
    sent = SetAbsence(assignment_id, body["first"], body["until"])
    edge.repeatable(
        body, 200, lambda: commands_roles.set_absence(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return queries.assignment(edge.actor(), assignment_id)


@api.get("/vacant-roles")
@api.output(VacancyOut(many=True))
@api.doc(tags=ROLES)
def list_vacancies() -> Any:
    """Roles that cases need and nobody holds today, and those without the alternate that they must have."""
    actor, today = edge.actor(), day_of(edge.now())
    found = [*people.roles_without_holder(actor, today), *people.roles_without_alternate(actor, today)]
    return [{**vars(vacancy), "stand_in": _place(vacancy.stand_in)} for vacancy in found]


def _place(found: tuple[str, str] | None) -> dict[str, str] | None:
    return found and {"role": found[0], "organisation_id": found[1]}


@api.post("/user-accounts")
@api.input(shapes.UserAccountIn, arg_name="body")
@api.output(shapes.UserAccountOut, status_code=201)
@api.doc(tags=USERS)
def create_user_account(body: dict[str, Any]) -> Any:
    """An account with which a person logs in."""
    account_id = edge.repeatable(
        body,
        201,
        lambda: commands_accounts.create_account(edge.actor(), CreateAccount(**body), now=edge.now()),
        lambda ids: str(ids["account_id"]),
    )
    return {"id": account_id}


@api.post("/user-accounts/<user_account_id>/reset-password")
@api.input(shapes.PasswordIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=USERS)
def reset_password(user_account_id: str, body: dict[str, Any]) -> Any:
    """Set another's password; all of that account's sessions end."""
    sent = ResetPassword(user_account_id, body["password"])
    edge.repeatable(
        body, 204, lambda: commands_accounts.reset_password(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return ""


@api.post("/user-accounts/<user_account_id>/close")
@api.output({}, status_code=204)
@api.doc(tags=USERS)
def close_user_account(user_account_id: str) -> Any:
    """Close an account for good."""
    sent = CloseAccount(user_account_id)
    edge.repeatable(
        {}, 204, lambda: commands_accounts.close_account(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return ""


@api.post("/me/password")
@api.input(shapes.OwnPasswordIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=USERS)
def change_password(body: dict[str, Any]) -> Any:
    """Change my password; all my other sessions end."""
    sent = ChangePassword(body["current"], body["new"])
    edge.repeatable(
        body, 204, lambda: commands_accounts.change_password(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return ""
