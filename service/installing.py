"""The first account of an installation, made before anybody exists who could be asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.access import accounts, passwords, rules
from service.access.accounts import NewAccount, NewAssignment
from service.db import transaction
from service.errors import Conflict, Invalid
from service.people import staff
from service.people.models import Organisation
from service.people.staff import NewPerson
from service.people.units import CreateOrganisation, organisation_row


def first_admin(username: str, password: str, now: datetime) -> None:
    """Open the first account of an installation; a bureau is made where there is none yet.

    Conflict("account.name_taken") when the name is in use.
    """
    name = rules.username_of(username)
    faults = rules.username_faults(name) + rules.password_faults(password, name)
    if faults:
        raise Invalid("account.invalid", faults=tuple(faults))
    hashed = passwords.hashed(password)
    with transaction() as session:
        if session.scalar(select(accounts.ACCOUNT.c.id).where(accounts.ACCOUNT.c.username == name)) is not None:
            raise Conflict("account.name_taken", username=name)
        bureau = session.scalar(select(Organisation.id).where(Organisation.kind == "bureau").limit(1))
        bureau = bureau or _bureau(session, now)
        person_id, _ = staff.write_person(session, NewPerson(username), by="system", now=now)
        accounts.open_accounts(session, [NewAccount(name, hashed, person_id, bureau)], now)
        accounts.give_roles(session, [NewAssignment(person_id, "admin", bureau, now.date())], "system", now)


def _bureau(session: Any, now: datetime) -> str:
    row = organisation_row(
        CreateOrganisation("bureau", "bureau", "教育局", now.date(), name_en="Education bureau"), "/"
    )
    session.add(Organisation(**row))
    session.flush()
    return str(row["id"])
