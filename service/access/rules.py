"""Pure rules of logins and role assignments."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from service.access import roles
from service.errors import Fault

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
BEARER_LIFE = timedelta(hours=12)
LONGEST_BEARER = timedelta(days=365)
SEEN_EVERY = timedelta(minutes=5)

WINDOW = timedelta(minutes=15)
NAME_LIMIT = 5
ADDRESS_LIMIT = 50
ACT_LIMIT = 10
"""Failed logins within WINDOW; many clerks of one school share an address, so its limit is wider.
What an address may do without an account within WINDOW."""

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_SUBJECT = 255
"""Characters of a provider's name for somebody (OpenID Connect Core §2)."""

_USERNAME = re.compile(r"[^\s@/\x00-\x1f]{2,64}")


def username_of(text: str) -> str:
    """The name as it is stored and compared: without outer blanks, case-folded."""
    return text.strip().casefold()


def username_faults(username: str) -> list[Fault]:
    """A name has 2 to 64 characters without blanks, `@` and `/`."""
    return [] if _USERNAME.fullmatch(username) else [Fault("username", "account.username")]


def password_faults(password: str, username: str) -> list[Fault]:
    """A password is long enough, not absurdly long, and not the name (NIST SP 800-63B: length, no composition)."""
    if len(password) < SHORTEST_PASSWORD:
        return [Fault("password", "account.password_short", params={"least": SHORTEST_PASSWORD})]
    if len(password) > LONGEST_PASSWORD:
        return [Fault("password", "account.password_long", params={"most": LONGEST_PASSWORD})]
    if username and username in password.casefold() and len(password) < len(username) + SHORTEST_PASSWORD:
        return [Fault("password", "account.password_is_name")]
    return []


def staff_kind(held: Collection[str]) -> str:
    """teacher, school (of its office) or bureau, by the roles that somebody has or will have: who may let them in."""
    others = set(held) - {"teacher"}
    if not others:
        return "teacher"
    return "school" if others <= set(roles.SCHOOL_OFFICE) else "bureau"


def assignment_faults(role: str, organisation_kind: str, kind: str, first: date, until: date | None) -> list[Fault]:
    """What is wrong with a new assignment by itself."""
    faults = []
    if role not in roles.ROLES:
        faults.append(Fault("role", "role.unknown", params={"role": role}))
    elif organisation_kind not in roles.ROLES[role]:
        faults.append(Fault("organisation_id", "role.wrong_organisation", params={"kind": organisation_kind}))
    if kind not in ("holder", "alternate"):
        faults.append(Fault("kind", "role.unknown_kind", params={"kind": kind}))
    if until is not None and until <= first:
        faults.append(Fault("valid_until", "dates.order"))
    return faults
