"""Password hashes at the cost of this installation."""

import pytest
from argon2 import extract_parameters

from service.access import passwords


def test_cost_comes_from_the_configuration_and_is_the_owasp_minimum_without_one(app):
    app.config.pop("PASSWORD_COST", None)
    assert passwords.cost() == (2, 19_456, 1)
    app.config["PASSWORD_COST"] = (1, 8, 1)
    found = extract_parameters(passwords.hashed("secret"))
    assert (found.time_cost, found.memory_cost, found.parallelism, found.type.name) == (1, 8, 1, "ID")


def test_stand_in_for_nobody_is_a_real_hash_of_the_same_cost(app):
    app.config["PASSWORD_COST"] = (1, 8, 1)
    stand_in, real = passwords._stand_in(passwords.cost()), passwords.hashed("secret")
    assert extract_parameters(stand_in) == extract_parameters(real)
    assert passwords.renewed(stand_in, "secret") is None
    assert not passwords.matches(None, "secret")


@pytest.mark.parametrize("password", ["密码很长也很好", "a" * 5000, "", "\x00"])
def test_any_text_is_hashed_and_verified(app, password):
    app.config["PASSWORD_COST"] = (1, 8, 1)
    stored = passwords.hashed(password)
    assert passwords.matches(stored, password)
    assert not passwords.matches(stored, password + "x")
