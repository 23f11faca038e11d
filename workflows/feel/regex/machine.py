"""The matching machine: all ways through the program advance together, one character at a time."""

from collections.abc import Callable, Iterator

from workflows.feel.regex.program import Program

Charge = Callable[[int], None]
Groups = tuple[int, ...]
"""Start and end of the match and of each group; -1 for a group that took no part."""
_Threads = list[tuple[int, Groups]]


def _add(program: Program, threads: _Threads, seen: set[int], at: int, groups: Groups, text: str, index: int) -> None:
    """Follow jumps, splits, saves and anchors from one instruction, keeping the order of preference."""
    stack = [(at, groups)]
    while stack:
        at, groups = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        step = program.steps[at]
        kind = step[0]
        if kind == "jump":
            stack.append((step[1], groups))
        elif kind == "split":
            stack += ((step[2], groups), (step[1], groups))
        elif kind == "save":
            stack.append((at + 1, (*groups[: step[1]], index, *groups[step[1] + 1 :])))
        elif kind in ("start", "end"):
            if _anchored(kind, step[1], text, index):
                stack.append((at + 1, groups))
        else:
            threads.append((at, groups))


def _anchored(kind: str, lines: bool, text: str, index: int) -> bool:
    if kind == "start":
        return index == 0 or (lines and text[index - 1] == "\n")
    return index == len(text) or (lines and text[index] == "\n")


def search(program: Program, text: str, start: int, charge: Charge) -> Groups | None:
    """The leftmost match from `start` on; `charge` is told the work done, and may raise to stop it."""
    if program.literal is not None:
        charge(1 + (len(text) - start) // 16)
        at = text.find(program.literal, start)
        return (at, at + len(program.literal)) if at >= 0 else None
    none = (-1,) * (2 * program.groups)
    threads: _Threads = []
    found: Groups | None = None
    for index in range(start, len(text) + 1):
        following: _Threads = []
        seen: set[int] = set()
        if found is None:
            known = {at for at, _ in threads}
            _add(program, threads, known, 0, none, text, index)
        charge(2 + 4 * len(threads))
        char = text[index] if index < len(text) else ""
        for at, groups in threads:
            step = program.steps[at]
            if step[0] == "match":
                found = groups
                break
            if char and step[1](char):
                _add(program, following, seen, at + 1, groups, text, index + 1)
        threads = following
        if not threads and found is not None:
            break
    return found


def finditer(program: Program, text: str, charge: Charge) -> Iterator[Groups]:
    """All matches from left to right that do not overlap and are not empty."""
    at = 0
    while at <= len(text):
        groups = search(program, text, at, charge)
        if groups is None:
            return
        if groups[1] > groups[0]:
            yield groups
        at = max(groups[1], groups[0] + (groups[1] == groups[0]))
