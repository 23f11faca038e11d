"""Forms, tables and settings: what a page cannot show or keep, what no table can decide, what no title says."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader

from service.errors import Invalid
from service.tasks import forms, titling
from service.web.formview import _hides
from tests.workflows.checks.wrong.proofs import goes_wrong
from tests.workflows.checks.wrong.runs import Files, begun, built, opened
from tests.workflows.driver import NOW
from workflows.definition import decisions_of
from workflows.feel import Scope

TEMPLATES = Path(__file__).parents[4] / "service" / "web" / "templates"
INPUTS = ("textfield", "number", "iframe")


def form(files: Files) -> dict[str, Any]:
    return orjson.loads(files["f.form"])


@goes_wrong("form.malformed", "decision.feel")
def cannot_be_loaded(files: Files) -> bool:
    """No case of the version can be begun or opened."""
    try:
        built(files)
    except Invalid:
        return True
    return False


@goes_wrong("form.unknown", "form.not_by_id")
def page_has_no_form(files: Files) -> bool:
    """The task names a form that the version does not have: the page shows none."""
    return any(one.form_id not in built(files).forms for one in opened(begun(files)))


@goes_wrong("form.no_id")
def cannot_be_named(files: Files) -> bool:
    """No task finds the form."""
    return form(files).get("id") not in built(files).forms


@goes_wrong("form.no_components", "form.no_key", "form.component")
def keeps_nothing(files: Files) -> bool:
    """What stands on the form is no field: what somebody fills in there is refused or kept nowhere."""
    given = form(files).get("components", [])
    fields = list(forms.components(form(files)))
    return not fields or len(fields) < sum(one.get("type") in INPUTS for one in given)


@goes_wrong("form.deep")
def page_fails(files: Files) -> bool:
    """The page of the task goes down level by level and fails: error 500."""
    pages = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True)
    pages.globals["show"] = SimpleNamespace(label=lambda component: "")
    drawn: Any = pages.get_template("components/form.html").module
    try:
        drawn.gather({"rights": {}, "default_right": "write"}, form(files)["components"], "", [])
    except RecursionError:
        return True
    return False


@goes_wrong("form.repeated_key")
def keeps_one_of_two(files: Files) -> bool:
    """Two inputs, one value."""
    keys = [one["key"] for one in forms.components(form(files))]
    return len(keys) > len(forms.rights(form(files), None, many_seats=False))


@goes_wrong("form.setting")
def filling_in_fails(files: Files) -> bool:
    """Whoever sends the form gets error 500."""
    written = {"name": "5", "count": 5}
    for one in forms.components(form(files)):
        value = 5 if one["type"] == "number" else written[one["key"]]
        try:
            forms.clean(form(files), {one["key"]: value}, forms.rights(form(files), None, many_seats=False))
        except Invalid:
            continue
        except (AttributeError, KeyError, TypeError, ValueError, re.error):
            return True
    return False


@goes_wrong("form.feel")
def never_hides(files: Files) -> bool:
    """A condition that cannot be read never holds."""
    conditions = [one["conditional"]["hide"] for one in forms.components(form(files)) if "conditional" in one]
    return not all(_hides(text.removeprefix("="), {"name": None}, {}, Scope(now=NOW)) for text in conditions)


@goes_wrong("table.overlap")
def two_rows_match(files: Files) -> bool:
    """Where one row may match two do: an incident."""
    (decision,) = decisions_of({"t.dmn": files["t.dmn"]}).values()
    try:
        decision.evaluate({"count": 5.5}, Scope(now=NOW))
    except Invalid:
        return True
    return False


@goes_wrong("title.part")
def title_says_nothing(files: Files) -> bool:
    """The title of every case has a gap where its part should stand."""
    flow, school = built(files), SimpleNamespace(name="一中", name_en=None)
    parts = titling.parts_of(flow.settings, school, lambda text: "张三")
    return "张三" not in str(titling.worded(flow, parts, "zh"))
