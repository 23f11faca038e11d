"""From a token to an actor: in one statement, and to nobody when it is worth nothing any more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from service.access import commands, commands_accounts, sessions
from service.access.accounts import ROLE, NewAssignment, give_roles
from service.access.actor import Actor
from service.access.commands import CleanUp, IssueToken, RevokeTokens
from service.access.models import AccessToken
from service.access.sessions import TOKEN
from service.db import db, transaction
from service.errors import Forbidden, Invalid
from tests.service.people.county import NOW, TODAY
from tests.statements import counted

HOUR = timedelta(hours=1)


def opened(county, who, kind="bearer", life=timedelta(hours=12), now=NOW):
    with transaction() as session:
        return sessions.open_token(session, county.accounts[who], kind, life, now)


def test_actor_has_person_home_and_roles(county):
    actor = sessions.authenticate(opened(county, "s01.principal").token, NOW)
    s01 = county.organisations["s01"]
    assert actor.person_id == county.persons["s01.principal"]
    assert (actor.name, actor.organisation_id, actor.day) == ("s01.principal", s01, TODAY)
    [role] = actor.roles
    assert (role.role, role.organisation_id, role.organisation_kind, role.acting) == ("principal", s01, "school", True)
    assert role.organisation_path.endswith(f"{s01}/")
    assert actor.holders == (f"person:{actor.person_id}", f"principal@{s01}")


def test_authentication_is_one_statement(county):
    token = opened(county, "s01.principal").token
    with counted() as statements:
        assert sessions.authenticate(token, NOW) is not None
    assert len(statements) == 1


def test_account_without_roles_is_an_actor_all_the_same(county):
    with transaction() as session:
        session.execute(update(ROLE).values(valid_until=TODAY))
    assert county.actor("s01.teacher").roles == ()


@pytest.mark.parametrize("token", ["", "nonsense", "lectern_" + "x" * 43, "x" * 100_000])
def test_unknown_token_is_nobody(quick_county, token):
    assert sessions.authenticate(token, NOW) is None


def test_token_is_stored_as_a_digest_only(county):
    token = opened(county, "s01.hr").token
    row = db.session.execute(select(AccessToken.__table__).where(TOKEN.c.digest == sessions.digest(token))).one()
    assert token not in {str(value) for value in row}
    assert len(token) >= 50


def test_token_is_worth_nothing_from_its_last_moment_on(county):
    one = opened(county, "s01.hr", life=HOUR)
    assert sessions.authenticate(one.token, one.expires_at - timedelta(seconds=1)) is not None
    assert sessions.authenticate(one.token, one.expires_at) is None


def test_session_ends_after_two_idle_hours_and_a_bearer_does_not(county):
    session, bearer = opened(county, "s01.hr", "session"), opened(county, "s01.hr", "bearer")
    later = NOW + 2 * HOUR
    assert sessions.authenticate(session.token, later - timedelta(seconds=1)) is not None
    assert sessions.authenticate(session.token, later) is None
    assert sessions.authenticate(bearer.token, later) is not None


def test_touched_session_stays_awake(county):
    token = opened(county, "s01.hr", "session").token
    actor = sessions.authenticate(token, NOW + HOUR)
    assert sessions.is_seen_due(actor, NOW + HOUR)
    commands.touch(actor, now=NOW + HOUR)
    again = sessions.authenticate(token, NOW + 2.5 * HOUR)
    assert again.seen_at == NOW + HOUR
    assert not sessions.is_seen_due(again, NOW + HOUR + timedelta(minutes=4))


def test_logged_out_token_is_nobody_and_others_stay(county):
    gone, stays = opened(county, "s01.hr"), opened(county, "s01.hr")
    commands.log_out(sessions.authenticate(gone.token, NOW), now=NOW)
    assert sessions.authenticate(gone.token, NOW) is None
    assert sessions.authenticate(stays.token, NOW) is not None


def test_one_or_all_tokens_are_revoked_by_their_owner(county):
    first, second, third = (opened(county, "s01.hr") for _ in range(3))
    actor = sessions.authenticate(first.token, NOW)
    assert commands.revoke_tokens(actor, RevokeTokens(actor.account_id, second.token_id), now=NOW) == 1
    assert sessions.authenticate(second.token, NOW) is None
    assert commands.revoke_tokens(actor, RevokeTokens(actor.account_id), now=NOW) == 2
    assert sessions.authenticate(third.token, NOW) is None


def test_token_id_of_another_account_revokes_nothing(county):
    foreign = opened(county, "s02.hr")
    actor = county.actor("s01.hr")
    assert commands.revoke_tokens(actor, RevokeTokens(actor.account_id, foreign.token_id), now=NOW) == 0
    with pytest.raises(Forbidden):
        commands.revoke_tokens(actor, RevokeTokens(county.accounts["s01.teacher"]), now=NOW)
    assert sessions.authenticate(foreign.token, NOW) is not None


def test_closed_account_is_nobody_at_once(county):
    token = opened(county, "s01.hr").token
    closing = commands_accounts.CloseAccount(county.accounts["s01.hr"])
    commands_accounts.close_account(county.actor("bureau.hr"), closing, now=NOW)
    assert sessions.authenticate(token, NOW) is None


def test_token_for_a_program_lives_as_long_as_asked(county):
    issued = commands.issue_token(county.actor("s01.hr"), IssueToken("payroll", 90), now=NOW)
    assert issued.expires_at == NOW + timedelta(days=90)
    assert sessions.authenticate(issued.token, NOW + timedelta(days=89)) is not None
    for days in (0, 366):
        with pytest.raises(Invalid):
            commands.issue_token(county.actor("s01.hr"), IssueToken("too long", days), now=NOW)


def test_clean_up_deletes_only_what_is_long_dead_in_chunks(county):
    old = [opened(county, "s01.hr", now=NOW - timedelta(days=40)) for _ in range(3)]
    live = opened(county, "s01.hr")
    commands.revoke_tokens(county.actor("s02.hr"), RevokeTokens(county.accounts["s02.hr"]), now=NOW)
    deleted = []
    while not deleted or deleted[-1]:
        deleted.append(commands.clean_up(Actor.system(), CleanUp(limit=2), now=NOW))
    assert deleted == [2, 1, 0]
    left = set(db.session.scalars(select(TOKEN.c.id)))
    assert live.token_id in left
    assert not left & {token.token_id for token in old}


def role_of(county, who, role):
    actor = county.actor(who)
    return [held for held in actor.roles if held.role == role]


def alternate(county, who, role, place):
    with transaction() as session:
        given = NewAssignment(
            county.persons[who], role, county.organisations[place], date(2026, 1, 1), kind="alternate"
        )
        give_roles(session, [given], "system", NOW)


def test_alternate_stands_by_while_the_holder_is_there(county):
    alternate(county, "s01.vice", "principal", "s01")
    assert [held.acting for held in role_of(county, "s01.vice", "principal")] == [False]
    actor = county.actor("s01.vice")
    assert f"principal@{county.organisations['s01']}" not in actor.holders
    assert not actor.has("principal")


def test_alternate_acts_while_the_holder_is_away_and_the_holder_may_too(county):
    alternate(county, "s01.vice", "principal", "s01")
    with transaction() as session:
        away = {"absent_from": TODAY, "absent_until": TODAY + timedelta(days=1)}
        session.execute(update(ROLE).where(ROLE.c.id == county.assignments["s01.principal"]).values(away))
    assert county.actor("s01.vice").has("principal")
    assert county.actor("s01.principal").has("principal")
    assert not county.actor("s01.vice", NOW + timedelta(days=1)).has("principal")


def test_alternate_acts_from_the_day_on_which_the_role_has_no_holder(county):
    alternate(county, "s01.vice", "principal", "s01")
    with transaction() as session:
        ended = update(ROLE).where(ROLE.c.id == county.assignments["s01.principal"])
        session.execute(ended.values(valid_until=TODAY + timedelta(days=1)))
    assert not county.actor("s01.vice").has("principal")
    assert county.actor("s01.vice", NOW + timedelta(days=1)).has("principal")
    assert not county.actor("s01.principal", NOW + timedelta(days=1)).has("principal")


def test_holder_of_another_school_does_not_hold_the_alternate_back(county):
    alternate(county, "s01.vice", "secretary", "s01")
    assert county.actor("s01.vice").has("secretary")


def test_roles_change_at_midnight_of_the_bureau_not_of_greenwich(county):
    with transaction() as session:
        ended = update(ROLE).where(ROLE.c.id == county.assignments["s01.hr"])
        session.execute(ended.values(valid_until=date(2026, 9, 11)))
    last = NOW.replace(hour=15, minute=59)
    assert county.actor("s01.hr", last).has("school_hr")
    assert not county.actor("s01.hr", last + timedelta(minutes=1)).has("school_hr")


def test_actor_is_a_value(quick_county):
    actor = quick_county.actor("s01.hr")
    assert replace(actor, locale="en").holders == actor.holders
