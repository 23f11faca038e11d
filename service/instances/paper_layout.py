"""The workbook in which cases on paper of one flow are told: its sheets and columns, made of the flow's own forms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.columns import Column
from service.flows import registry
from service.instances import telling
from service.instances.starting import start_form
from service.tasks import forms
from service.tasks.choices import choices
from service.tasks.voting import VOTE
from workflows.catalogue import Definition

CASES, STEPS, ROWS = "cases", "steps", "rows"
KEY = Column("key", "案件编号", "Case", required=True)
STEP = Column("element_id", "步骤", "Step", required=True, width=30)
OWN: tuple[Column, ...] = (
    KEY,
    Column("organisation", "单位", "Organisation", required=True, width=24),
    Column("initiator", "申请人", "Applicant", width=22),
    Column("requested_on", "申请日期", "Asked on", required=True),
    Column("stands", "停在步骤", "Stands at", required=True, width=30),
    Column("business_key", "原案件号", "Number on paper"),
    Column("hold", "指名预留", "Named hold"),
)
PAPER: tuple[Column, ...] = (
    KEY,
    STEP,
    Column("decided_on", "决定日期", "Decided on", required=True),
    Column("decision", "决定", "Decision"),
    Column("decided_by", "作出单位或个人", "Decided by", required=True, width=22),
    Column("document", "文号", "Document", required=True, width=22),
    Column("scan", "扫描件文件名", "Scan (file name)", required=True, width=22),
    Column("opinion", "意见", "Opinion", width=30),
)
YES = {"是": "true", "否": "false", "yes": "true", "no": "false"}
ABOUT = Column("about", "对象（身份证号）", "For whom (ID number)", width=24)
"""Of steps that are done for several."""
VOTES = (
    Column("tally.yes", "同意票", "In favour"), Column("tally.no", "反对票", "Against"),
    Column("tally.abstain", "弃权票", "Abstentions"), Column("tally.present", "到会人数", "Present"),
    Column("tally.members", "应到人数", "Members"), Column("tally.aside", "回避人数", "Stepped aside"),
)  # fmt: skip
"""Of a vote: its count."""
UNTOLD = ("dynamiclist",)


@dataclass(frozen=True)
class Part:
    """One sheet: `kind` cases | steps | rows, or list, then of which field; `at_step` a list of a step's form.

    `components` heading's field → the component of the form that reads its cell.
    """

    kind: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    components: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    list_of: str = ""
    at_step: bool = False

    def title(self, locale: str) -> str:
        """What the sheet is called; Excel takes 31 characters."""
        return (self.en if locale == "en" else self.zh)[:31]


@dataclass(frozen=True)
class Layout:
    """The sheets of a flow's workbook, and the words of its steps and decisions."""

    parts: tuple[Part, ...]
    steps: Mapping[str, str]
    decisions: Mapping[str, Mapping[str, str]]


def layout(definition: Definition) -> Layout:
    """The workbook of a flow: cases, each list of its start form, steps, each list of a step, rows beside the forms."""
    begun = start_form(definition) or {}
    first = list(forms.components(begun))
    later = list(_step_fields(definition))
    parts = [
        Part(CASES, "案件", "Cases", (*OWN, *_columns(first)), _by_name(first)),
        *(_list(component, at_step=False) for component in first if component["type"] in UNTOLD),
        Part(
            STEPS,
            "步骤",
            "Steps",
            (*PAPER, *_more(definition), *_columns(later)),
            _by_name(later),
        ),
        *(_list(component, at_step=True) for component in later if component["type"] in UNTOLD),
    ]
    beside = registry.beside_columns(definition.key)
    if beside:
        parts.append(Part(ROWS, "名单", "Rows", (KEY, STEP, *beside)))
    return Layout(tuple(parts), _steps(definition), _decisions(definition))


def _more(definition: Definition) -> tuple[Column, ...]:
    """Where some step is done for several, for whom it was; where a vote can be told, its count."""
    votes = any(element.properties.get("signing") == VOTE for element in _tellable(definition))
    return (*((ABOUT,) if registry.names_several(definition.key) else ()), *(VOTES if votes else ()))


def _columns(found: list[Mapping[str, Any]]) -> Iterator[Column]:
    """A column a field; where two fields are called alike the key stands beside."""
    labels = [str(one.get("label") or one["key"]) for one in found]
    for component, label in zip(found, labels, strict=True):
        if component["type"] in UNTOLD or _hidden(component):
            continue
        english = str((component.get("properties") or {}).get("label_en") or component["key"])
        twice = labels.count(label) > 1
        zh, en = (f"{label}（{component['key']}）", f"{english} ({component['key']})") if twice else (label, english)
        yield Column(f"values.{component['key']}", zh, en, words=_words(component), width=20)


def _hidden(component: Mapping[str, Any]) -> bool:
    return (component.get("conditional") or {}).get("hide") == "=true"


def _words(component: Mapping[str, Any]) -> dict[str, str]:
    if component["type"] == "checkbox":
        return dict(YES)
    found: dict[str, str] = {}
    for option in component.get("values") or ():
        value = str(option["value"])
        for word in (option.get("label"), option.get("label_en"), value):
            if word:
                found[str(word).casefold()] = value
    return found


def _by_name(found: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {f"values.{one['key']}": one for one in found}


def _list(component: Mapping[str, Any], *, at_step: bool) -> Part:
    inner = [one for one in component.get("components", ()) if one.get("key")]
    english = str((component.get("properties") or {}).get("label_en") or component["key"])
    own = (KEY, STEP) if at_step else (KEY,)
    shown = [{**one, "conditional": {}} for one in inner] if at_step else inner
    zh = str(component.get("label") or component["key"])
    if at_step:
        zh, english = f"步骤·{zh}", f"Step: {english}"
    return Part(
        "list", zh, english, (*own, *_columns(shown)),
        _by_name(inner), component["key"], at_step,
    )  # fmt: skip


def _step_fields(definition: Definition) -> Iterator[Mapping[str, Any]]:
    """The fields that a step of a person fills in, each key once."""
    seen: set[str] = set()
    for element in _tellable(definition):
        form = definition.forms.get(element.form_id or "")
        many = element.properties.get("signing", "single") != "single"
        allowed = forms.rights(form or {}, element.properties.get("fields"), many_seats=many)
        for component in forms.components(form or {}):
            key = component["key"]
            if allowed.get(key) in ("write", "required") and key not in seen:
                seen.add(key)
                yield component


def _tellable(definition: Definition) -> list[Any]:
    places = {place.element_id for place in telling.places(definition) if place.tellable}
    return [found for name in places if (found := definition.spec.element(name)) is not None]


def step_word(name: str, element_id: str) -> str:
    """How a cell names a step: names of two steps may be alike."""
    return f"{name} {element_id}".strip()


def _steps(definition: Definition) -> dict[str, str]:
    """Word → element; a bare id and a name that only one step has are taken, too."""
    places = [place for place in telling.places(definition) if place.code is None or place.tellable]
    names = [place.name for place in places]
    found: dict[str, str] = {}
    for place in places:
        found[step_word(place.name, place.element_id)] = found[place.element_id] = place.element_id
        if names.count(place.name) == 1:
            found[place.name] = place.element_id
    return found


def _decisions(definition: Definition) -> dict[str, dict[str, str]]:
    """Element → word of a cell → decision."""
    found: dict[str, dict[str, str]] = {}
    for element in _tellable(definition):
        if element.properties.get("signing") == VOTE:
            continue
        for choice in choices(definition.settings, element.id, element.properties):
            words = found.setdefault(element.id, {})
            for word in (*choice.label.values(), choice.value):
                words[word.casefold()] = choice.value
    return found
