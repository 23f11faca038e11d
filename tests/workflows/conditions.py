"""Conditions as FEEL writes them, each beside what it means in Python, and the data on which they are decided.

The meaning is written down on its own, with None where FEEL says null: what decides a gateway is compared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

Data = Mapping[str, Any]
Meaning = Callable[[Data], bool | None]
NUMBERS = ("n", "m")
WORDS = ("a", "b", "cc")


@dataclass(frozen=True)
class Condition:
    """A text of FEEL and what it is on given data."""

    text: str
    meaning: Meaning

    def holds(self, data: Data) -> bool:
        """Whether a flow with this condition is taken: null is not true."""
        return self.meaning(data) is True


def data(random: Random) -> dict[str, Any]:
    """Variables of every kind; each may be null."""
    return {
        "n": random.choice((None, 0, 1, 2, 3)),
        "m": random.choice((None, -1, 1, 2)),
        "s": random.choice((None, *WORDS)),
        "l": random.choice((None, [], [1], [1, 2, 3], [3, 3])),
        "f": random.choice((None, True, False)),
        "o": random.choice((None, {}, {"n": 1}, {"n": 3, "s": "a"})),
    }


def condition(random: Random, depth: int = 2) -> Condition:
    """A random condition."""
    if depth == 0 or random.random() < 0.4:
        return random.choice(ATOMS)(random)
    left, right = condition(random, depth - 1), condition(random, depth - 1)
    kind = random.choice(("and", "or", "not", "if", "equal"))
    if kind == "and":
        return Condition(f"({left.text}) and ({right.text})", lambda d: _and(left.meaning(d), right.meaning(d)))
    if kind == "or":
        return Condition(f"({left.text}) or ({right.text})", lambda d: _or(left.meaning(d), right.meaning(d)))
    if kind == "not":
        return Condition(f"not({left.text})", lambda d: None if (x := left.meaning(d)) is None else not x)
    if kind == "equal":
        return Condition(f"({left.text}) = ({right.text})", lambda d: left.meaning(d) is right.meaning(d))
    other = condition(random, 0)
    return Condition(
        f"if {left.text} then ({right.text}) else ({other.text})",
        lambda d: right.meaning(d) if left.meaning(d) is True else other.meaning(d),
    )


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _compared(random: Random) -> Condition:
    name, sign, least = random.choice(NUMBERS), random.choice(("<", "<=", ">", ">=")), random.randint(-1, 3)
    compare = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}[sign]
    return Condition(f"{name} {sign} {least}", lambda d: None if d[name] is None else compare(d[name], least))


def _reckoned(random: Random) -> Condition:
    least = random.randint(0, 5)
    return Condition(
        f"n * 2 + m > {least}", lambda d: None if None in (d["n"], d["m"]) else d["n"] * 2 + d["m"] > least
    )


def _equal(random: Random) -> Condition:
    word = random.choice((*WORDS, None))
    written = "null" if word is None else f'"{word}"'
    if random.random() < 0.5:
        return Condition(f"s = {written}", lambda d: d["s"] == word)
    return Condition(f"s != {written}", lambda d: d["s"] != word)


def _between(random: Random) -> Condition:
    least, most = random.randint(0, 1), random.randint(1, 3)
    text = random.choice((f"n between {least} and {most}", f"n in [{least}..{most}]"))
    return Condition(text, lambda d: None if d["n"] is None else least <= d["n"] <= most)


def _chosen(random: Random) -> Condition:
    one, other = random.sample(WORDS, 2)
    return Condition(f's in ("{one}", "{other}")', lambda d: d["s"] in (one, other))


def _listed(random: Random) -> Condition:
    one = random.randint(1, 3)
    sized = Condition(f"count(l) > {one}", lambda d: None if d["l"] is None else len(d["l"]) > one)
    some = Condition(
        f"some x in l satisfies x > {one}", lambda d: None if d["l"] is None else any(x > one for x in d["l"])
    )
    every = Condition(
        f"every x in l satisfies x >= {one}", lambda d: None if d["l"] is None else all(x >= one for x in d["l"])
    )
    kept = Condition(f"count(l[item = {one}]) = 1", lambda d: d["l"] is not None and d["l"].count(one) == 1)
    return random.choice((sized, some, every, kept))


def _flag(random: Random) -> Condition:
    return random.choice((Condition("f", lambda d: d["f"]), Condition("f = true", lambda d: d["f"] is True)))


def _member(random: Random) -> Condition:
    one = random.randint(1, 3)
    found: Callable[[Data], Any] = lambda d: (d["o"] or {}).get("n")  # noqa: E731
    return random.choice((
        Condition(f"o.n = {one}", lambda d: found(d) == one),
        Condition(f"o.n >= {one}", lambda d: None if found(d) is None else found(d) >= one),
    ))  # fmt: skip


ATOMS = (_compared, _reckoned, _equal, _between, _chosen, _listed, _flag, _member)
