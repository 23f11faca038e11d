"""Every code that is raised, recorded or shown has words in both languages, which fit what is raised with it."""

import ast
import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from lxml import etree

from service.access import policy
from service.access.visibility import CLAUSES
from service.flows.exchange.told_rounds import UNFIT
from service.flows.title.rules import FINAL, REFUSALS
from service.papers import fields, filling
from service.papers.composing import LEAKS
from service.papers.structure import CODES
from service.parameters.registry import PARAMETERS
from service.tasks import moving, reasons
from service.web.problems import OWN_STATUS
from service.web.validation import KNOWN
from service.web.words import LOCALES, NAMED, texts, words
from tests.architecture.trees import HOUSE, Module, called, modules
from workflows import telling

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
FLOW, CONDITION = f"{BPMN}sequenceFlow", f"{BPMN}conditionExpression"
ASKS_ONE = re.compile(r'=\s*\w+\.decision = "[^"]+"')
RAISED = {"NotFound": 0, "Forbidden": 0, "Conflict": 0, "Invalid": 0, "EngineFault": 0, "Fault": 1, "Reason": 0}
"""Name → position of the code among its arguments."""
OWN_WORDS = ("workflows/checks/", "workflows/decisions/faults.py", "workflows/diagram/", "workflows/feel/")
"""What carries its words with it: findings of the gate, faults of files, errors of FEEL."""
ASSEMBLED = {
    "f'appointment.{name}'": ("appointment.employment_kind", "appointment.post_category"),
    "f'organisation.{name}'": ("organisation.name", "organisation.code", "organisation.stage", "organisation.area"),
    "f'unmask.{wrong}'": ("unmask.field", "unmask.reason"),
    "f'{ABSENT.get(word, word)}.absent'": tuple(
        f"{policy.ABSENT.get(word, word)}.absent"
        for word in {action.partition(".")[0] for action in policy.ACTIONS}
        if policy.NOUNS.get(word, word) in CLAUSES
    ),
    "UNFIT[kind]": tuple(UNFIT.values()),
    "_why(one, facts.get(one.person_id))": (
        "exchange.not_applied",
        "exchange.moved",
        "exchange.on_hold",
        "exchange.locked",
        "exchange.unknown",
    ),
    "barred": ("exchange.moved", "exchange.on_hold", "exchange.locked", "exchange.unknown"),
    "elsewhere": ("exchange.moved_away", "exchange.elsewhere"),
    "rule.code": tuple({rule.code for rule in policy.ACTIONS.values()}),
    "'field.not_writable' if name in allowed else 'field.unknown'": ("field.not_writable", "field.unknown"),
    "affected": ("jump.inside_block", "jump.other_branch", "jump.not_a_target", "jump.unknown_element"),
    "row.barred": ("recall.ended", "recall.operation", "recall.message", "recall.closed"),
    "f'title.refused.{reason}'": tuple(f"title.refused.{reason}" for reason in REFUSALS),
    "f'title.barred.{reason}'": tuple(f"title.barred.{reason}" for reason in FINAL),
    "DRAWN_IN[event.kind][represented]": tuple(code for both in reasons.DRAWN_IN.values() for code in both),
    "place.code": tuple(code for code in texts() if code in telling.CODES),
    "LEAKS[found]": tuple(LEAKS.values()),
    "CODES.get(name, 'paper.block.other')": (*CODES.values(), "paper.block.other"),
    "self.code": tuple(
        code for module in (fields, filling) for code in re.findall(r'Wrong\("([\w.]+)"', inspect.getsource(module))
    ),
    "one.code": (),
    "command.why.code": ("import.unreadable", "import.too_large", "import.too_many_rows"),
    "WRONG.get(known[name].entered, 'correction.long')": (
        "correction.long",
        "correction.day",
        "correction.number",
        "correction.choice",
    ),
    "finding.rule.id": (),
    "refusal.code": tuple(code for code in texts() if code.startswith("migrate.")),
    "way.refused.code": tuple(code for code in texts() if code.startswith("move.")),
    "error.code": (),
    "refused.code": (),
    "fault.code": (),
    "code": (),
    "f'event.{event.kind}'": (),
}
"""Code as it is written → what it can be; empty where the words come with it or another site raises the code itself."""
EVENTS = {
    "f'instance.{outcome}'": ("instance.withdrawn", "instance.cancelled"),
    "f'ledger.{movement.event}'": tuple(
        f"ledger.{event}"
        for event in ("approved", "moved", "reserved", "released", "occupied", "vacated", "lent", "returned")
    ),
    "told.kind": (
        "task.transferred",
        "task.delegated",
        "task.advice_asked",
        "task.signer_added",
        "task.signer_removed",
        "task.copied",
    ),
    "cause": (moving.EXTENDED, moving.RECOMPUTED, moving.MOVED, moving.RESUMED),
}


@dataclass(frozen=True)
class Site:
    """A place where a code is raised; `params` is None when they are not written out there."""

    place: str
    code: str
    params: frozenset[str] | None


@cache
def sites() -> list[Site]:
    """Asked for by tests alone: to find them every module is read, which no worker need do that only collects."""
    found = []
    for module in modules("service", "workflows"):
        if not module.name.startswith(OWN_WORDS):
            found += [site for node in ast.walk(module.tree) if isinstance(node, ast.Call) for site in at(module, node)]
    return found


def at(module: Module, call: ast.Call) -> list[Site]:
    kind = called(call).rpartition(".")[2]
    position = RAISED.get(kind)
    if position is None or len(call.args) <= position:
        return []
    place = f"{module.name}:{call.lineno}"
    code = call.args[position]
    if isinstance(code, ast.Constant):
        return [Site(place, str(code.value), given(kind, call))]
    written = ast.unparse(code)
    assert written in ASSEMBLED, f"{place} puts a code together ({written}): list what it can be in ASSEMBLED"
    return [Site(place, one, None) for one in ASSEMBLED[written]]


def given(kind: str, call: ast.Call) -> frozenset[str] | None:
    """The names of the parameters where they are written out."""
    if kind in ("Fault", "Reason"):
        place = {"Fault": 3, "Reason": 1}[kind]
        params = next((word.value for word in call.keywords if word.arg == "params"), None)
        params = params or (call.args[place] if len(call.args) > place else None)
        if params is None:
            return frozenset() if kind == "Fault" else None
        if not isinstance(params, ast.Dict) or not all(isinstance(key, ast.Constant) for key in params.keys):
            return None
        return frozenset(str(key.value) for key in params.keys if isinstance(key, ast.Constant))
    names = {word.arg for word in call.keywords}
    return None if None in names or kind == "EngineFault" else frozenset(name for name in names if name)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_there_are_codes_to_look_at() -> None:
    assert len({site.code for site in sites()}) > 150


def test_every_code_that_is_raised_has_words() -> None:
    missing = sorted({f"{site.code} ({site.place})" for site in sites() if site.code not in texts()})
    assert not missing, missing


def test_words_ask_only_for_what_is_raised_with_the_code() -> None:
    wrong = []
    for site in sites():
        if site.params is None or site.code not in texts():
            continue
        asked = {name for name in placeholders(texts()[site.code]["zh"]) if not name.endswith(NAMED)}
        wrong += [f"{site.place}: {site.code} lacks {sorted(asked - site.params)}"] if asked - site.params else []
    assert not wrong, wrong


def test_every_text_stands_in_both_languages_with_the_same_placeholders() -> None:
    for code, text in texts().items():
        assert set(text) == set(LOCALES), code
        assert all(text[locale].strip() for locale in LOCALES), code
        if "remedy" not in placeholders(text["zh"]):
            assert placeholders(text["zh"]) == placeholders(text["en"]), code


def test_chinese_is_chinese_and_english_is_not() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for code, text in texts().items():
        assert han.search(text["zh"]) or text["zh"].startswith("{"), code
        assert not han.search(text["en"]), code


def test_no_code_is_worded_twice() -> None:
    folder = HOUSE / "service/web/words"
    keys = Counter(key for file in folder.glob("*.toml") for key in tomllib.loads(file.read_text(encoding="utf-8")))
    assert not [key for key, times in keys.items() if times > 1]


def test_every_event_kind_has_words() -> None:
    missing = set()
    for module in modules("service"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and called(node).rpartition(".")[2] == "NewEvent" and node.args:
                kind = node.args[0]
                written = [str(kind.value)] if isinstance(kind, ast.Constant) else EVENTS.get(ast.unparse(kind), ())
                missing |= {one for one in written if f"event.{one}" not in texts()}
    assert not missing, missing


def test_every_status_of_an_own_code_and_every_sentence_of_the_schemas_has_words() -> None:
    for code, status in OWN_STATUS.items():
        assert code in texts(), code
        assert f"status.{status}" in texts(), status
    assert not [code for _, code in KNOWN if code not in texts()]


@pytest.mark.parametrize("locale", LOCALES)
def test_words_name_an_account_and_a_state_by_their_parameters(locale: str) -> None:
    full = words("ledger.full", {"kind": "post", "band": "middle", "asked": 3, "free": 1}, locale)
    assert texts()["account.middle"][locale] in full
    paused = words("instance.not_running", {"state": "suspended"}, locale)
    assert texts()["state.suspended"][locale] in paused
    assert "…" in words("instance.not_running", {}, locale)


def test_every_unit_of_a_parameter_has_words() -> None:
    units = {one.unit for one in PARAMETERS.values()} - {"choice", "yes_no"}
    assert not {unit for unit in units if f"unit.{unit}" not in texts()}


def test_what_is_told_of_a_fork_is_said_in_english_too() -> None:
    """A named way out of a fork is told by `[conditions]`, by its English name, or by the decision that it asks for."""
    for manifest in (HOUSE / "bpmn").glob("*/flow.toml"):
        settings = tomllib.loads(manifest.read_text("utf-8"))
        told = {*settings.get("conditions", {}), *settings["names"]["en"]}
        for file in manifest.parent.glob("*.bpmn"):
            silent = [way for way in _ways(file) if way not in told]
            assert not silent, f"{file}: {silent}"


def _ways(file: Path) -> Iterator[str]:
    """The ids of the named ways out of the forks of a diagram whose condition is not one decision of one step."""
    root = etree.parse(file)
    forks = {fork for fork, count in Counter(flow.get("sourceRef") for flow in root.iter(FLOW)).items() if count > 1}
    for flow in root.iter(FLOW):
        asked = flow.findtext(CONDITION) or ""
        if flow.get("name") and flow.get("sourceRef") in forks and not ASKS_ONE.fullmatch(asked.strip()):
            yield flow.get("id")
