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
ABOUT_SCHOOL = Column("about", "对象（学校，或“全部”）", "For which school (or all)", width=24)
"""Of steps that are done for several: for persons, or by the offices of several schools."""
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
    """The sheets of a flow's workbook, and the words of its steps and decisions.

    `names` element → what a step is called, (zh, en), no two alike; `steps` what a cell may say → element.
    """

    parts: tuple[Part, ...]
    names: Mapping[str, tuple[str, str]]
    steps: Mapping[str, str]
    decisions: Mapping[str, Mapping[str, str]]


def layout(definition: Definition) -> Layout:
    """The workbook of a flow: cases, each list of its start form, steps, each list of a step, rows beside the forms."""
    begun = start_form(definition) or {}
    first = list(forms.components(begun))
    filled = list(_step_fields(definition))
    later, steps = [component for component, _ in filled], step_names(definition)
    where = {component["key"]: steps[element_id] for component, element_id in filled}
    parts = [
        Part(CASES, "案件", "Cases", (*OWN, *_columns(first)), _by_name(first)),
        *(_list(component, at_step=False) for component in first if component["type"] in UNTOLD),
        Part(
            STEPS,
            "步骤",
            "Steps",
            (*PAPER, *_more(definition), *_columns(later, where)),
            _by_name(later),
        ),
        *(_list(component, at_step=True) for component in later if component["type"] in UNTOLD),
    ]
    beside = registry.beside_columns(definition.key)
    if beside:
        parts.append(Part(ROWS, "名单", "Rows", (KEY, STEP, *beside)))
    return Layout(tuple(parts), steps, _steps(definition), _decisions(definition))


def _more(definition: Definition) -> tuple[Column, ...]:
    """Where some step is done for several, for whom it was; where a vote can be told, its count."""
    votes = any(element.properties.get("signing") == VOTE for element in _tellable(definition))
    of_persons = any("about" in element.properties for element in _tellable(definition))
    about = ABOUT if of_persons else ABOUT_SCHOOL
    return (*((about,) if registry.names_several(definition.key) else ()), *(VOTES if votes else ()))


def _columns(found: list[Mapping[str, Any]], where: Mapping[str, tuple[str, str]] | None = None) -> Iterator[Column]:
    """A column a field; where two fields are called alike the step that fills them in stands beside."""
    told = [one for one in found if one["type"] not in UNTOLD and not _hidden(one)]
    steps = where or {}
    zh = _apart([_label(one) for one in told], [steps.get(one["key"], ("", ""))[0] for one in told], "（{}）")
    en = _apart([_english(one) for one in told], [steps.get(one["key"], ("", ""))[1] for one in told], " ({})")
    for component, label, english in zip(told, zh, en, strict=True):
        key = component["key"]
        before = (f"{_label(component)}（{key}）", f"{_english(component)} ({key})")
        yield Column(f"values.{key}", label, english, words=_words(component), width=20, also=before)


def _apart(names: list[str], beside: list[str], form: str) -> list[str]:
    """Names of which no two are alike: what stands beside them tells them apart, and where that is alike a number."""
    told = [
        name + form.format(more) if names.count(name) > 1 and more else name
        for name, more in zip(names, beside, strict=True)
    ]
    return [
        name + form.format(told[:place].count(name) + 1) if told.count(name) > 1 else name
        for place, name in enumerate(told)
    ]


def _label(component: Mapping[str, Any]) -> str:
    return str(component.get("label") or component["key"])


def _english(component: Mapping[str, Any]) -> str:
    return str((component.get("properties") or {}).get("label_en") or component["key"])


def _hidden(component: Mapping[str, Any]) -> bool:
    return (component.get("conditional") or {}).get("hide") == "=true" and not forms.asks_for_staff(component)


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


def _step_fields(definition: Definition) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The fields that a step of a person fills in, each key once, with the first step that does."""
    seen: set[str] = set()
    for element in _tellable(definition):
        form = definition.forms.get(element.form_id or "")
        many = element.properties.get("signing", "single") != "single"
        allowed = forms.rights(form or {}, element.properties.get("fields"), many_seats=many)
        for component in forms.components(form or {}):
            key = component["key"]
            if allowed.get(key) in ("write", "required") and key not in seen:
                seen.add(key)
                yield component, element.id


def _tellable(definition: Definition) -> list[Any]:
    places = {place.element_id for place in telling.places(definition) if place.tellable}
    return [found for name in places if (found := definition.spec.element(name)) is not None]


def step_names(definition: Definition) -> dict[str, tuple[str, str]]:
    """Element → how cells and headings name it, (zh, en): two steps of one name by whose they are."""
    places = [place for place in telling.places(definition) if place.code is None or place.tellable]
    words = definition.settings.get("names", {}).get("en", {})
    lanes = [_lane(definition.spec.element(place.element_id)) for place in places]
    zh = _apart([place.name for place in places], lanes, "（{}）")
    en = _apart([str(words.get(place.element_id) or place.name) for place in places], lanes, " ({})")
    return {place.element_id: (one, other) for place, one, other in zip(places, zh, en, strict=True)}


def _lane(element: Any) -> str:
    """The name of the innermost lane around an element: its id stands before it."""
    return element.lanes[1] if element is not None and len(element.lanes) > 1 else ""


def _steps(definition: Definition) -> dict[str, str]:
    """Word → element; what earlier sheets said is taken, too: the bare id, and the name with the id beside it."""
    named = step_names(definition)
    found: dict[str, str] = {}
    for element_id, (zh, en) in named.items():
        name = getattr(definition.spec.element(element_id), "name", "")
        found |= dict.fromkeys((element_id, f"{name} {element_id}".strip(), zh, en), element_id)
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
