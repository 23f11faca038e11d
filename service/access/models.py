"""Tables of accounts, dated role assignments, tokens and login attempts."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base import Base, Code, Id, JsonList, Moment, PrimaryId


class Account(Base):
    """A login of one person; closed for good when the person leaves. `username` is stored case-folded."""

    __tablename__ = "account"

    id: Mapped[PrimaryId]
    username: Mapped[Code] = mapped_column(unique=True)
    person_id: Mapped[Id | None] = mapped_column(ForeignKey("person.id"), unique=True)
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"))
    password_hash: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    created_at: Mapped[Moment]
    password_changed_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class AccountSlip(Base):
    """A code on paper by which the holder of an account chooses a password, once; a new one takes its place.

    Only its SHA-256 is stored. The row goes when it is used; one that has expired stays to be seen.
    """

    __tablename__ = "account_slip"

    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[Moment]
    issued_by: Mapped[Code]
    expires_at: Mapped[Moment]


class AccountIdentity(Base):
    """Whom the provider of sign-on means by a subject: linked by an admin or by a slip, never by a name or an address.

    The row goes when the account is closed, when an admin unlinks it, and when a new slip is issued.
    """

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[Moment]
    linked_by: Mapped[Code]


class UsedSignOn(Base):
    """The nonce (SHA-256) of a sign-on that has opened a session, so that it never opens another."""

    __tablename__ = "used_sign_on"
    __table_args__ = (Index(None, "at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[Moment]


class RoleAssignment(Base):
    """A person in a role of an organisation; days are half-open: in force on valid_from ≤ day < valid_until.

    `kind` alternate is the standing deputy of policy.md §1; the days of absence (half-open as well) say
    when the holder is away.
    """

    __tablename__ = "role_assignment"
    __table_args__ = (
        CheckConstraint("kind IN ('holder', 'alternate')", name="kind"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        CheckConstraint("absent_until > absent_from", name="absence"),
        Index(None, "role", "organisation_id"),
        Index(None, "person_id"),
        Index(None, "organisation_id"),
    )

    id: Mapped[PrimaryId]
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Code]
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(16), default="holder")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(200), default="")
    assigned_at: Mapped[Moment]
    assigned_by: Mapped[Code]


class Substitution(Base):
    """代理: `substitute_id` acts for `represented_id` on valid_from ≤ day < valid_until, unless it was ended before.

    `flows` are definition keys, empty for all flows. Where bureau HR set it for somebody who cannot, the paper
    (`attachment_id`) says why; the reason, which may be one of health, stands encrypted in the event alone. Whether it
    has effect on a day is looked at when somebody acts, never stored.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="days"),
        CheckConstraint("represented_id <> substitute_id", name="two_persons"),
        Index(None, "represented_id", "valid_until"),
        Index(None, "substitute_id", "valid_until"),
    )

    id: Mapped[PrimaryId]
    represented_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    flows: Mapped[JsonList]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    attachment_id: Mapped[Id | None] = mapped_column(ForeignKey("attachment.id"))
    named_at: Mapped[Moment]
    named_by: Mapped[Code]
    ended_at: Mapped[Moment | None]


class AccessToken(Base):
    """A session of the pages or a bearer token of the API; only its SHA-256 is stored.

    `via` is oidc for a session that a sign-on has opened: its end leads to the provider, too.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint("kind IN ('session', 'bearer')", name="kind"),
        Index(None, "account_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[PrimaryId]
    account_id: Mapped[Id] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    via: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class LoginAttempt(Base):
    """One failed login, counted twice: once for the name (as a digest), once for the address."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "subject", "at"), Index(None, "at"))

    id: Mapped[PrimaryId]
    subject: Mapped[str] = mapped_column(String(80))
    at: Mapped[Moment]
