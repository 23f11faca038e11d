"""Every built-in function of DMN 1.5 (tables of 10.3.4) in every form of its parameters is in the registry."""

import pytest

from workflows.feel import compile_expression
from workflows.feel.builtins import BUILT_INS
from workflows.feel.builtins.registry import signatures

STANDARD = """
date(from) | date(year, month, day)
date and time(from) | date and time(date, time)
time(from) | time(hour, minute, second) | time(hour, minute, second, offset)
number(from) | number(from, grouping separator) | number(from, grouping separator, decimal separator)
string(from)
duration(from)
years and months duration(from, to)
range(from)
context(entries)
not(negand)
substring(string, start position) | substring(string, start position, length)
string length(string)
upper case(string)
lower case(string)
substring before(string, match)
substring after(string, match)
replace(input, pattern, replacement) | replace(input, pattern, replacement, flags)
contains(string, match)
starts with(string, match)
ends with(string, match)
matches(input, pattern) | matches(input, pattern, flags)
split(string, delimiter)
string join(list) | string join(list, delimiter) | string join(list, delimiter, prefix, suffix)
list contains(list, element)
count(list)
min(list) | min(c...)
max(list) | max(c...)
sum(list) | sum(n...)
mean(list) | mean(n...)
all(list) | all(b...)
any(list) | any(b...)
sublist(list, start position) | sublist(list, start position, length)
append(list, item...)
concatenate(list...)
insert before(list, position, newItem)
remove(list, position)
list replace(list, position, newItem) | list replace(list, match, newItem)
reverse(list)
index of(list, match)
union(list...)
distinct values(list)
flatten(list)
product(list) | product(n...)
median(list) | median(n...)
stddev(list) | stddev(n...)
mode(list) | mode(n...)
decimal(n, scale)
floor(n) | floor(n, scale)
ceiling(n) | ceiling(n, scale)
round up(n, scale)
round down(n, scale)
round half up(n, scale)
round half down(n, scale)
abs(n)
modulo(dividend, divisor)
sqrt(number)
log(number)
exp(number)
odd(number)
even(number)
is(value1, value2)
before(point1, point2) | before(point, range) | before(range, point) | before(range1, range2)
after(point1, point2) | after(point, range) | after(range, point) | after(range1, range2)
meets(range1, range2)
met by(range1, range2)
overlaps(range1, range2)
overlaps before(range1, range2)
overlaps after(range1, range2)
finishes(point, range) | finishes(range1, range2)
finished by(range, point) | finished by(range1, range2)
includes(range, point) | includes(range1, range2)
during(point, range) | during(range1, range2)
starts(point, range) | starts(range1, range2)
started by(range, point) | started by(range1, range2)
coincides(point1, point2) | coincides(range1, range2)
day of year(date)
day of week(date)
month of year(date)
week of year(date)
now()
today()
sort(list, precedes)
get value(m, key)
get entries(m)
context put(context, key, value) | context put(context, keys, value)
context merge(contexts)
"""
FORMS = [form.strip() for line in STANDARD.strip().splitlines() for form in line.split(" | ")]
ADDED = {
    "trim", "extract", "duplicate values", "working days after", "working days between",
}  # fmt: skip
"""What is ours or Camunda's and not the standard's."""


def _parts(form: str) -> tuple[str, list[str]]:
    name, _, inner = form.rstrip(")").partition("(")
    return name, [part.strip() for part in inner.split(",") if part.strip()]


@pytest.mark.parametrize("form", FORMS)
def test_form_of_the_standard_is_there_by_position_and_by_name(form: str) -> None:
    name, parameters = _parts(form)
    names = [parameter.rstrip(".") for parameter in parameters]
    fitting = [
        overload
        for overload in BUILT_INS.get(name, [])
        if {parameter.name for parameter in overload.parameters} >= set(names)
        and overload.arrange(len(parameters), ()) is not None
    ]
    assert fitting, f"{name}{signatures(name) if name in BUILT_INS else ' is missing'}"
    print(f"{form:70} {signatures(name)}")
    variadic = [parameter.variadic for parameter in fitting[0].parameters]
    assert any(variadic) is any(parameter.endswith("...") for parameter in parameters)
    if not any(variadic):
        assert any(overload.arrange(len(names), names) is not None for overload in fitting)


def test_nothing_is_in_the_registry_that_is_not_listed_here() -> None:
    assert set(BUILT_INS) == {_parts(form)[0] for form in FORMS} | ADDED


@pytest.mark.parametrize("name", sorted(BUILT_INS))
def test_a_call_with_too_many_arguments_is_null(name: str) -> None:
    """Functions that take any number of arguments take a function as none of them."""
    arguments = ", ".join(["function(a, b, c, d, e, f, g, h) 1"] * 9)
    answer = compile_expression(f"{name}({arguments})").evaluate({})
    assert answer is None or name in ("append", "concatenate", "union", "all", "any")


def test_the_registry_says_how_each_function_is_called() -> None:
    assert signatures("substring") == "(string, start position, [length])"
    assert signatures("min") == "(c...) / (list)"
    assert all(signatures(name).endswith(")") for name in BUILT_INS)
