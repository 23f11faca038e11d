"""Reads of roles and accounts: who stands for a role, who stands in, whose tokens live."""

from datetime import datetime

from sqlalchemy import select

from service.access.actor import Actor
from service.access.models import AccessToken, Account
from service.access.standing import stand_in, standing
from service.access.visibility import visible
from service.db import db

__all__ = ["stand_in", "standing", "tokens_of"]


def tokens_of(actor: Actor, account_id: str, now: datetime) -> list[AccessToken]:
    """The live tokens of an account that the actor may see, newest first; never the token itself."""
    seen = select(Account.id).where(Account.id == account_id, visible(actor, "account"))
    live = select(AccessToken).where(
        AccessToken.account_id.in_(seen), AccessToken.revoked_at.is_(None), AccessToken.expires_at > now
    )
    return list(db.session.scalars(live.order_by(AccessToken.created_at.desc())))
