"""The gate on the shipped flows and on a diagram of 200 elements: seconds of the static rules and the token game.

`python -m benchmarks.gate`; with `--trial` the engine's own parse in a process of its own is counted, too.
"""

import argparse
import time
from pathlib import Path

from benchmarks.report import report
from service.access.roles import ROLES
from service.flows import registry
from workflows.checks import GateContext, check, refused

BPMN = Path(__file__).resolve().parent.parent / "bpmn"
BRANCHES, STEPS = 12, 16
FLOW, LARGE = 1.0, 5.0
"""Seconds allowed for a shipped flow and for 200 elements."""
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><bpmn:process id="p" isExecutable="true">'
)
ROLE = '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="school_hr"/></bpmn:extensionElements>'


def flow(source: str, target: str, when: str = "") -> str:
    """One sequence flow."""
    condition = f"<bpmn:conditionExpression>={when}</bpmn:conditionExpression>" if when else ""
    ends = f'id="{source}-{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{condition}</bpmn:sequenceFlow>"


def large() -> bytes:
    """Twelve branches at once of sixteen elements each, in every one a choice and a way back; 200 elements."""
    parts = ['<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>', flow("s", "f"), flow("j", "e")]
    parts += [f'<bpmn:parallelGateway id="{name}"/>' for name in ("f", "j")]
    for branch in range(BRANCHES):
        names = [f"b{branch}_{step}" for step in range(STEPS)]
        merge, split = names[2], names[-3]
        for name in names:
            default = f' default="{split}-{names[-2]}"' if name == split else ""
            gateway = f'<bpmn:exclusiveGateway id="{name}"{default}/>'
            parts.append(gateway if name in (merge, split) else f'<bpmn:userTask id="{name}">{ROLE}</bpmn:userTask>')
        parts += [flow(*pair) for pair in zip(["f", *names], [*names, "j"], strict=True)]
        parts.append(flow(split, merge, "again"))
    return f"{HEAD}{''.join(parts)}</bpmn:process></bpmn:definitions>".encode()


def tangled() -> bytes:
    """Twelve branches of an inclusive gateway that lead into each other, 205 elements: beyond the limit of the game."""
    parts = ['<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>', flow("s", "f"), flow("j", "e")]
    parts += ['<bpmn:inclusiveGateway id="f" default="f-b0_0"/>', '<bpmn:inclusiveGateway id="j"/>']
    for branch in range(BRANCHES):
        names = [f"b{branch}_{step}" for step in range(STEPS)]
        split, merge = names[7], names[12]
        for name in names:
            default = f' default="{split}-{names[8]}"' if name == split else ""
            gateway = f'<bpmn:exclusiveGateway id="{name}"{default}/>'
            parts.append(gateway if name in (split, merge) else f'<bpmn:userTask id="{name}">{ROLE}</bpmn:userTask>')
        parts += [flow(*pair) for pair in zip(names, [*names[1:], "j"], strict=True)]
        parts.append(flow("f", names[0], "c" if branch else ""))
        parts.append(flow(split, f"b{(branch + 1) % BRANCHES}_12", "c"))
    return f"{HEAD}{''.join(parts)}</bpmn:process></bpmn:definitions>".encode()


def folders() -> dict[str, dict[str, bytes]]:
    """The files of each shipped flow by its name, with those of the shared library."""
    shared = files_of(BPMN / "shared", "shared/")
    flows = sorted(path.name for path in BPMN.iterdir() if (path / "flow.bpmn").exists())
    return {name: files_of(BPMN / name, "") | shared for name in flows}


def files_of(folder: Path, prefix: str) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {prefix + str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def seconds(name: str, files: dict[str, bytes], context: GateContext) -> float:
    """How long the gate takes. Exits when it refuses: then the token game was not played."""
    began = time.perf_counter()
    found = check(files, context)
    spent = time.perf_counter() - began
    if refused(found):
        raise SystemExit(f"{name}: {found[0].file} {found[0].element_id} {found[0].text('en')}")
    return spent


def main() -> None:
    """Print the seconds of each flow and of the large diagram."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trial", action="store_true")
    context = GateContext(
        operations=registry.allowed(),
        roles=frozenset(ROLES),
        processes=frozenset(path.name.replace("-", "_") for path in BPMN.iterdir()),
        trial=(trial := parser.parse_args().trial),
    )
    figures = {f"{name}_s": round(seconds(name, files, context), 3) for name, files in folders().items()}
    figures["elements_200_s"] = round(seconds("200 elements", {"flow.bpmn": large()}, context), 3)
    figures["tangled_200_s"] = round(seconds("tangled", {"flow.bpmn": tangled()}, context), 3)
    large_ones = dict.fromkeys(("elements_200_s", "tangled_200_s"), LARGE)
    report("gate", figures, {**dict.fromkeys(figures, LARGE if trial else FLOW), **large_ones})


if __name__ == "__main__":
    main()
