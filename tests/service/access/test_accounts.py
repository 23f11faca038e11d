"""Accounts: created for one person, a good password, one's own and one set by the admin."""

import pytest

from service.access import accounts, commands, commands_accounts, queries, sessions
from service.access.accounts import NewAccount
from service.access.actor import Actor
from service.access.commands import LogIn
from service.access.commands_accounts import ChangePassword, CloseAccount, CreateAccount, ResetPassword
from service.db import transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.people.staff import NewPerson, write_person
from tests.service.people.county import NOW, TODAY

GOOD = "a good long password"


def log_in(username, password):
    return commands.log_in(Actor.anonymous(), LogIn(username, password, "10.0.0.1"), now=NOW)


@pytest.fixture
def newcomer(county):
    with transaction() as session:
        county.persons["new"], _ = write_person(session, NewPerson("新人"), by="system", now=NOW)
    return county


def create(county, who="admin", **changes):
    asked = {"username": "New.Teacher", "password": GOOD, "person_id": county.persons["new"], **changes}
    return commands_accounts.create_account(county.actor(who), CreateAccount(**asked), now=NOW)


def test_created_account_logs_in(newcomer):
    account_id = create(newcomer, "bureau.hr")
    assert sessions.authenticate(log_in("new.teacher", GOOD).token, NOW).account_id == account_id


def test_name_and_person_have_one_account_each(newcomer):
    create(newcomer)
    with pytest.raises(Conflict) as taken:
        create(newcomer, person_id=None)
    assert taken.value.code == "account.name_taken"
    with pytest.raises(Conflict) as second:
        create(newcomer, username="another")
    assert second.value.code == "account.person_has_one"
    with pytest.raises(NotFound):
        create(newcomer, username="another", person_id="nobody")
    with pytest.raises(NotFound, match=r"organisation.absent"):
        create(newcomer, username="another", person_id=None, organisation_id="nowhere")


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        ("a", GOOD, "account.username"),
        ("two words", GOOD, "account.username"),
        ("person@place", GOOD, "account.username"),
        ("new", "123456789", "account.password_short"),
        ("new", "x" * 201, "account.password_long"),
        ("new.teacher", "New.Teacher", "account.password_is_name"),
    ],
)
def test_bad_name_or_password_is_refused(newcomer, username, password, code):
    with pytest.raises(Invalid) as refusal:
        create(newcomer, username=username, password=password)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_school_creates_no_account(newcomer):
    with pytest.raises(Forbidden):
        create(newcomer, "s01.principal")


def test_changed_password_ends_the_other_sessions_and_keeps_this_one(newcomer):
    create(newcomer)
    here, elsewhere = log_in("new.teacher", GOOD), log_in("new.teacher", GOOD)
    actor = sessions.authenticate(here.token, NOW)
    commands_accounts.change_password(actor, ChangePassword(GOOD, "another good one"), now=NOW)
    assert sessions.authenticate(here.token, NOW) is not None
    assert sessions.authenticate(elsewhere.token, NOW) is None
    assert log_in("new.teacher", "another good one").token
    with pytest.raises(Forbidden):
        log_in("new.teacher", GOOD)


def test_password_is_changed_only_by_who_knows_it(newcomer):
    create(newcomer)
    actor = sessions.authenticate(log_in("new.teacher", GOOD).token, NOW)
    with pytest.raises(Forbidden) as refusal:
        commands_accounts.change_password(actor, ChangePassword("wrong", "another good one"), now=NOW)
    assert refusal.value.code == "account.password_wrong"
    with pytest.raises(Invalid):
        commands_accounts.change_password(actor, ChangePassword(GOOD, "short"), now=NOW)


def test_admin_resets_a_password_and_hr_does_not(newcomer):
    account_id = create(newcomer)
    token = log_in("new.teacher", GOOD).token
    with pytest.raises(Forbidden):
        commands_accounts.reset_password(newcomer.actor("bureau.hr"), ResetPassword(account_id, "set by hr!"), now=NOW)
    commands_accounts.reset_password(newcomer.actor("admin"), ResetPassword(account_id, "set by admin"), now=NOW)
    assert sessions.authenticate(token, NOW) is None
    assert log_in("new.teacher", "set by admin").token


def test_closed_account_cannot_be_closed_or_reset_again(newcomer):
    account_id = create(newcomer)
    commands_accounts.close_account(newcomer.actor("admin"), CloseAccount(account_id), now=NOW)
    with pytest.raises(Conflict):
        commands_accounts.close_account(newcomer.actor("admin"), CloseAccount(account_id), now=NOW)
    with pytest.raises(NotFound):
        commands_accounts.reset_password(newcomer.actor("admin"), ResetPassword(account_id, GOOD), now=NOW)


def test_account_of_another_school_is_not_found(newcomer):
    with pytest.raises(NotFound):
        closing = CloseAccount(newcomer.accounts["s02.hr"])
        commands_accounts.close_account(newcomer.actor("s01.principal"), closing, now=NOW)
    with pytest.raises(Forbidden):
        closing = CloseAccount(newcomer.accounts["s01.hr"])
        commands_accounts.close_account(newcomer.actor("s01.principal"), closing, now=NOW)


def test_who_leaves_loses_account_tokens_and_roles_on_that_day(newcomer):
    actor = newcomer.actor("s01.hr")
    with transaction() as session:
        ended = accounts.leave(session, actor.person_id, TODAY, NOW)
    assert ended == [newcomer.assignments["s01.hr"]]
    assert queries.tokens_of(newcomer.actor("admin"), actor.account_id, NOW) == []


def test_tokens_are_listed_for_their_owner_and_not_for_strangers(newcomer):
    actor = newcomer.actor("s01.hr")
    assert [token.id for token in queries.tokens_of(actor, actor.account_id, NOW)] == [actor.token_id]
    assert queries.tokens_of(newcomer.actor("s02.hr"), actor.account_id, NOW) == []


def test_many_accounts_are_opened_with_one_hash(newcomer):
    with transaction() as session:
        ids = accounts.open_accounts(session, [NewAccount(f"t{n:04d}", "-") for n in range(50)], NOW)
    assert len(set(ids)) == 50
