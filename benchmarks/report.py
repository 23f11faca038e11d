"""How a benchmark says what it found: a table, and as its last line JSON (design §8)."""

import json
from collections.abc import Mapping


def report(benchmark: str, figures: Mapping[str, float], target: Mapping[str, float]) -> bool:
    """Print `figures` with the bounds of `target`; True when all are kept.

    A bound is an upper one; for rates (names that end in " per CPU second" or " per server CPU second") a lower one.
    """
    kept = {name: _kept(name, figures[name], bound) for name, bound in target.items()}
    width = max(map(len, figures))
    for name, value in figures.items():
        sign = "≥" if _is_rate(name) else "≤"
        bound = f"   {sign} {target[name]:g}{'' if kept[name] else '   MISSED'}" if name in target else ""
        print(f"{name:{width}} {value:>10g}{bound}")
    ok = all(kept.values())
    line = {"benchmark": benchmark, "figures": figures, "target": target, "ok": ok}
    print(json.dumps(line, ensure_ascii=False))
    return ok


def _is_rate(name: str) -> bool:
    return name.endswith((" per CPU second", " per server CPU second"))


def _kept(name: str, value: float, bound: float) -> bool:
    return value >= bound if _is_rate(name) else value <= bound
