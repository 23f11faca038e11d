"""Forks made readable: what all branches share stands once behind the fork, and short ways out beside the long one."""

from collections.abc import Sequence
from dataclasses import replace

from workflows.outlook import steps
from workflows.outlook.known import Known
from workflows.outlook.steps import Branch, Reads, Step

SHORT = 3
"""Steps of a branch that is a way out beside a longer one."""
Path = tuple[Step, ...]


def fork(how: str, paths: Sequence[Path], reads: Sequence[Reads | None], meet: Sequence[bool]) -> Path:
    """A fork and what follows it. `meet` says of each branch whether it leads to the join of the others."""
    if all(len(path) == 1 and path[0].kind == steps.BACK for path in paths):
        return (_backs([path[0] for path in paths]),)
    branches = [
        Branch(path, () if read is None else (read,), meets)
        for path, read, meets in zip(paths, reads, meet, strict=True)
    ]
    if how == steps.PARALLEL:
        return (_step(how, branches),)
    told = _same(branches)
    if len(told) == 1:
        return told[0].path
    if any(meet):
        return (_step(how, told),)
    shared = _shared([branch.path for branch in told])
    if shared:
        kept = [replace(one, path=one.path[: len(one.path) - shared], goes_on=True) for one in told]
        return (_step(how, kept), *told[0].path[len(told[0].path) - shared :])
    return _beside(how, told)


def _same(branches: Sequence[Branch]) -> list[Branch]:
    """Branches that lead the same way are one, with the reasons of all of them."""
    found: list[Branch] = []
    for branch in branches:
        for number, other in enumerate(found):
            if (other.path, other.goes_on) == (branch.path, branch.goes_on):
                found[number] = replace(other, reads=(*other.reads, *branch.reads))
                break
        else:
            found.append(branch)
    return found


def _beside(how: str, branches: Sequence[Branch]) -> Path:
    """The long way goes on after the fork when all others are short ways out."""
    longest = max(branches, key=lambda branch: len(branch.path))
    others = [branch.path for branch in branches if branch is not longest]
    if len(longest.path) <= SHORT or any(len(path) > SHORT or _forks(path) for path in others):
        return (_step(how, branches),)
    told = [replace(one, path=(), goes_on=True) if one is longest else one for one in branches]
    return (_step(how, told), *longest.path)


def _step(how: str, branches: Sequence[Branch]) -> Step:
    return Step(steps.FORK, how=how, branches=tuple(branches))


def _backs(found: Sequence[Step]) -> Step:
    among = tuple(dict.fromkeys(name for step in found for name in step.among))
    return replace(found[0], among=among)


def _forks(path: Path) -> bool:
    return any(step.kind == steps.FORK for step in path)


def _shared(paths: Sequence[Path]) -> int:
    """How many last steps all paths have in common."""
    count = 0
    while count < min(map(len, paths)) and all(path[-1 - count] == paths[0][-1 - count] for path in paths):
        count += 1
    return count


def merged(base: Known, found: Sequence[Known], *, parallel: bool) -> Known:
    """What is known where branches meet.

    Of parallel branches what one of them wrote stands; of alternatives only what is the same in all.
    """
    names = {name for known in (base, *found) for name in (*known.laid, *known.unknown)}
    laid, unknown = {}, set()
    for name in names:
        before = _state(base, name)
        states = [state for state in (_state(known, name) for known in found) if not (parallel and state == before)]
        state = (states or [before])[0] if all(state == states[0] for state in states) else _UNKNOWN
        if state is _UNKNOWN:
            unknown.add(name)
        elif state is not _BEFORE:
            laid[name] = state
    ways = {text: way for text, way in base.ways.items() if all(known.ways.get(text) is way for known in found)}
    assumed = frozenset(name for known in found for name in known.assumed if name in laid)
    return Known(base.variables, laid, frozenset(unknown), assumed, ways)


_UNKNOWN, _BEFORE = object(), object()


def _state(known: Known, name: str) -> object:
    if name in known.laid:
        return known.laid[name]
    return _UNKNOWN if name in known.unknown else _BEFORE
