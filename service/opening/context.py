"""What the planning of every sheet shares: the file, the books, the day, who loads, and places by code or name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from service.access.actor import Actor
from service.opening.findings import Findings, Line
from service.opening.reading import Read
from service.opening.register import Register, Unit
from service.opening.steps import Plan
from service.opening.written import Written


@dataclass
class Context:
    """`units` are the organisations after the load, `listed` those that the file names itself.

    `renamed` are persons known by a key so far whose ID number the file tells: as they were named → as they are.
    """

    read: Read
    register: Register
    written: Written
    actor: Actor
    today: date
    plan: Plan = field(default_factory=Plan)
    units: dict[str, Unit] = field(default_factory=dict)
    named: dict[str, list[Unit]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> Findings:
        return self.read.findings

    def name_units(self) -> None:
        """Make every organisation findable by its code and by its name; closed ones only where the file lists them."""
        self.named = {}
        open_ones = [u for u in self.units.values() if u.id in self.listed or u.row is None or not u.row.valid_until]
        for unit in open_ones:
            for text in {unit.code.casefold(), unit.name.casefold()}:
                self.named.setdefault(text, []).append(unit)

    def place(self, line: Line, column: str, kinds: tuple[str, ...] = ()) -> Unit | None:
        """The organisation that a cell names; a finding where there is none, several, or one of another kind."""
        text = line[column]
        if text is None:
            return None
        found = self.named.get(text.casefold(), [])
        if len(found) != 1:
            code = "opening.place_ambiguous" if found else "opening.no_place"
            self.findings.add(line, column, code, value=text[:40])
            return None
        if kinds and found[0].kind not in kinds:
            self.findings.add(line, column, "opening.place_kind", value=found[0].name[:40])
            return None
        return found[0]

    def expect_once(self, line: Line, key: tuple[object, ...], seen: dict[tuple[object, ...], Line], name: str) -> bool:
        """Whether the row is the first of its key; else a finding that names the other row."""
        first = seen.setdefault(key, line)
        if first is not line:
            self.findings.add(line, name, "opening.twice", other=first.number)
        return first is line

    def expect_unused(self, line: Line, name: str, *units: Unit | None) -> bool:
        """Whether no case uses these organisations yet; else a finding that names the case."""
        case = next((case for case in map(self.register.case_at, units) if case), None)
        if case is not None:
            self.findings.add(line, name, "opening.in_use", case=case)
        return case is None

    def expect_past(self, line: Line, names: tuple[str, ...]) -> None:
        """A finding for each of these days that is still to come."""
        for name in names:
            if line[name] is not None and line[name] > self.today:
                self.findings.add(line, name, "opening.future", day=line[name].isoformat())


def both(line: Line, pairs: Mapping[str, str], context: Context) -> None:
    """A finding where only one of two cells that belong together is filled."""
    for one, other in pairs.items():
        for filled, empty in ((one, other), (other, one)):
            if line[filled] is not None and line[empty] is None:
                context.findings.add(line, empty, "opening.pair")
