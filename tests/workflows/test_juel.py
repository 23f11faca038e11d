"""Expressions of other engines as FEEL: the same answer, or a refusal that names the part."""

from typing import Any

import pytest

from workflows.feel import compile_expression
from workflows.foreign.juel import Untranslatable, feel

VALUES: dict[str, Any] = {
    "amount": 7, "approved": True, "name": "王", "order": {"total": 12, "lines": [3, 4]}, "none": None, "nothing": [],
}  # fmt: skip
SAME = {
    "${approved}": True,
    "#{amount > 5}": True,
    "${amount >= 7 && !approved}": False,
    "${amount lt 5 or not approved}": False,
    "${name == '王'}": True,
    "${name.equals('李')}": False,
    '${order.total + 1}': 13,
    "${order['total'] / 4}": 3,
    "${order.lines[1]}": 4,
    "${amount % 4}": 3,
    "${amount mod 4 eq 3}": True,
    "${(amount + 1) * 2}": 16,
    "${amount + 1 * 2}": 9,
    "${amount > 5 ? 'big' : 'small'}": "big",
    "${empty none}": True,
    "${!empty name and not empty nothing}": False,
    "${nothing.isEmpty()}": True,
    "${execution.getVariable('amount') - 2}": 5,
    "${-amount}": -7,
    "${amount != null}": True,
    "${name.equals('李') == false}": True,
    "${false == name.equals('李')}": True,
    "${name.equals('李') || name.equals('王')}": True,
    "${amount == 7 == approved}": True,
    "${approved == amount > 5}": True,
    "${-7 % 4}": -3,
    "${(amount - 14) % 4 + 1}": -2,
    "${!unset}": True,
    "${!unset && approved}": True,
    "${not (none > 2)}": True,
    "${!approved}": False,
    "Herr ${name} (${amount})": "Herr 王 (7)",
    "plain": "plain",
}  # fmt: skip


@pytest.mark.parametrize("juel", SAME)
def test_the_translation_answers_the_same(juel: str) -> None:
    text = feel(juel)
    found = compile_expression(text[1:]).evaluate(VALUES) if text.startswith("=") else text
    assert found == SAME[juel]


@pytest.mark.parametrize(
    "juel",
    ["${bean.method(amount)}", "${execution.processBusinessKey}", "${list.contains('a')}", "${fn:length(x)}", "${}",
     "${a b}", "${(a}", "${a ? b}", "${task.name}", "${now()}", "${'open}", "${a[b]}", "${amount = 3}", "x" * 3000],
)  # fmt: skip
def test_what_feel_cannot_say_is_refused(juel: str) -> None:
    with pytest.raises(Untranslatable):
        feel(juel)


def test_a_variable_that_is_called_otherwise_here_gets_that_name() -> None:
    assert feel("${starter}", {"starter": "initiator"}) == "=initiator"
