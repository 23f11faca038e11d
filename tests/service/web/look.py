"""The pages with sample data and nothing behind them: every endpoint of the templates' README, every template once."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, flash, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect

from service.web.pages.assets import asset_urls
from service.web.pages.presentation import Presentation
from tests.service.web import (
    accountlooks,
    calendarlooks,
    correctionlooks,
    definitionlooks,
    exchangelooks,
    officialpaperlooks,
    openinglooks,
    papercaselooks,
    paperlooks,
    peoplelooks,
    publicitylooks,
    reportlooks,
    reservedlooks,
    runlooks,
    seatlooks,
    titlelooks,
)

ROOT = Path(__file__).parents[3]
WEB = ROOT / "service" / "web"
SAMPLES = Path(__file__).parent / "samples"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 17, 14, 32, tzinfo=SHANGHAI)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'"
)
_ROW = re.compile(r"^\| pages\.(\w+) \| ([A-Z, ]+) \| (\S+) \| (.+?) \|$", re.MULTILINE)
_DAY, _MOMENT = re.compile(r"^\d{4}-\d\d-\d\d$"), re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$")


def endpoints() -> list[tuple[str, list[str], str]]:
    """(name, methods, path) as the templates' README declares them."""
    text = (WEB / "templates" / "README.md").read_text(encoding="utf-8")
    return [(name, methods.split(", "), path) for name, methods, path, _ in _ROW.findall(text)]


def _dated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dated(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_dated(each) for each in value]
    if isinstance(value, str) and _MOMENT.match(value):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.match(value) else value


@cache
def sample(name: str) -> Any:
    """A sample file with its dates read."""
    return _dated(json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8")))


def _task(**changes: Any) -> dict[str, Any]:
    return {**sample("task"), **changes}


def _two_sheets() -> list[dict[str, Any]]:
    """The form of a step that two decide."""
    signers = ("王主任", "李科长 · 在王主任之后")
    return [{**sample("blank"), "number": number, "signer": name} for number, name in enumerate(signers, start=1)]


def _claimable() -> dict[str, Any]:
    claimable = _task(claimable=True, decisions=[], recusal=None, opinion="")
    return {**claimable, "form": {**claimable["form"], "rights": {}}}


def _refused() -> dict[str, Any]:
    """A task sent with mistakes, one decision blocked, changed meanwhile by someone else."""
    task = _task(problem={"title": "有 2 处需要再看", "words": "意见已保留。", "reload": True}, opinion="")
    form = {**task["form"], "errors": {"approved_count": "应在 0 到 3 之间", "cut_reason": "请写明理由"}}
    go, *others = task["decisions"]
    blocked = {**go, "blocked": "编制已满，不能同意"}
    return {**task, "form": form, "decisions": [blocked, *others], "opinion_error": "退回须写明理由。"}


def _voting(number: int) -> dict[str, Any]:
    """A vote: 0 while the reader may vote, 1 when it has closed."""
    return _task(opinion="", recusal=None, phrases=[], links=[], effect=None, **sample("vote")[number])


def _case(**changes: Any) -> dict[str, Any]:
    return {**sample("requests")["case"], **changes}


def _error(status: str) -> Callable[[], str]:
    return lambda: render_template("error.html", error=sample("admin")["errors"][status])


def _inbox(**changes: Any) -> str:
    return render_template("inbox/index.html", **{**sample("inbox"), "selected": sample("task"), **changes})


def _start(template: str = "requests/start_flow.html") -> str:
    given = sample("start")
    form = {**given["form"], "upload_url": "/attachments"}
    return render_template(template, **{**given, "form": form, "problem": None})


def _organisation() -> str:
    return render_template("organisations/show.html", **sample("organisations")["one"])


def _extend(preview: str) -> str:
    """The form for more time: a day that fits, or one that does not."""
    found = sample("task")["extension"]
    given = {"days": 3, "unit": "workdays", "until": None, "reason": ""}
    return render_template("tasks/extend.html", task=sample("task"), given=given, problem=None, preview=found[preview])


def _flow_start(number: int, problem: str | None) -> str:
    start = sample("admin")["deadlines"]["starts"][number]
    return render_template("admin/flow_start.html", start=start, reason="", problem=problem)


def _candidates(report: str | None) -> str:
    given = {**sample("candidates"), "report": sample("candidates").get(report) if report else None}
    return render_template("candidates/index.html", **given)


# Every page and state that is looked at: address → what it shows.
PAGES: dict[str, Callable[[], str]] = {
    "/login": lambda: render_template("auth/login.html", shell=None, **sample("login")),
    "/login-sso": lambda: render_template(
        "auth/login.html", shell=None, **{**sample("login"), "sign_on": {"name": "青禾县统一认证"}, "demo": None}
    ),
    "/": _inbox,
    "/empty-inbox": lambda: _inbox(items=[], selected=None, next=None, bulk=False),
    "/filters": lambda: render_template("inbox/filters.html", **sample("desk")["filters"]),
    "/phrases": lambda: render_template("inbox/phrases.html", **sample("desk")["phrases"]),
    "/bulk/b1": lambda: render_template("inbox/bulk.html", **sample("bulk")),
    "/bulk/b2": lambda: render_template("inbox/bulk.html", **{**sample("bulk"), "run": sample("runs")[1]}),
    "/tasks/t3": lambda: render_template("tasks/task.html", task=sample("task")),
    "/tasks/claimable": lambda: render_template("tasks/task.html", task=_claimable()),
    "/tasks/ballot": lambda: render_template("tasks/task.html", task=_voting(0)),
    "/tasks/counted": lambda: render_template("tasks/task.html", task=_voting(1)),
    "/tasks/refused": lambda: render_template("tasks/task.html", task=_refused()),
    "/tasks/t3/recuse": lambda: render_template("tasks/recuse.html", task=sample("task")),
    "/tasks/t3/form": lambda: render_template("tasks/blank.html", sheets=_two_sheets()),
    "/attachments/a1/view": lambda: render_template("files/view.html", file=sample("task")["picture"]),
    "/tasks/t3/extend": lambda: _extend("preview"),
    "/tasks/t4/extend": lambda: _extend("refused"),
    **paperlooks.pages(sample("task"), sample("papers")),
    **seatlooks.pages(sample("task")),
    "/start": lambda: render_template("requests/start.html", flows=sample("start")["flows"]),
    "/start/hiring": _start,
    "/requests": lambda: render_template("requests/list.html", **sample("requests")),
    "/cases/c1": lambda: render_template("requests/case.html", case=_case()),
    "/cases/failed": lambda: render_template("requests/case.html", case=_case(**sample("requests")["failed"])),
    "/cases/c3/sheet": lambda: render_template("requests/sheet.html", sheet=sample("requests")["sheet"]),
    "/cases/c1/candidates": lambda: _candidates("report"),
    "/cases/c2/candidates": lambda: _candidates("running"),
    "/candidates/k1/edit": lambda: render_template("candidates/edit.html", **sample("candidates")["edit"]),
    "/organisations": lambda: render_template("organisations/index.html", **sample("organisations")),
    "/organisations/o1": _organisation,
    "/empty-overdue": lambda: render_template("reports/overdue.html", items=[], as_of=NOW),
    **peoplelooks.pages(sample("people"), sample("reports")),
    **reportlooks.pages(sample("reports")),
    **accountlooks.pages(sample("useraccounts")),
    **openinglooks.pages(sample("opening")),
    **officialpaperlooks.pages(sample("officialpapers")),
    **papercaselooks.pages(sample("paper_cases"), sample("ledger")),
    **publicitylooks.pages(sample("publicity")),
    **reservedlooks.pages(sample("reserved"), sample("ledger")),
    **exchangelooks.pages(sample("exchange")),
    **runlooks.pages(sample("runs")),
    **definitionlooks.pages(sample("definitions")),
    **titlelooks.pages(sample("titles"), sample("start")),
    **calendarlooks.pages(sample("calendar")),
    **correctionlooks.pages(sample("corrections")),
    "/incidents": lambda: render_template("admin/incidents.html", **sample("admin")),
    "/deadlines": lambda: render_template("admin/deadlines.html", **sample("admin")["deadlines"]),
    "/deadlines/r1/move": lambda: render_template("admin/move_timer.html", **sample("admin")["move"]),
    "/deadlines/starts/batch": lambda: _flow_start(0, None),
    "/deadlines/starts/exchange": lambda: _flow_start(1, "请写明理由。"),
    "/notices": lambda: render_template("notices/index.html", items=sample("admin")["notices"], next=None),
    "/notices/calls": lambda: render_template("notices/calls.html", **sample("admin")["calls"]),
    "/settings/notices": lambda: render_template("settings/notices.html", **sample("admin")["settings"]),
    "/settings/no-channels": lambda: render_template("settings/notices.html", settings={"channels": []}, errors={}),
    "/absence": lambda: render_template("settings/absence.html", **sample("absence")["own"]),
    "/absence-of-another": lambda: render_template("settings/absence.html", **sample("absence")["other"]),
    "/channels/new": lambda: render_template("admin/channel.html", **sample("admin")["channel"]),
    "/deliveries": lambda: render_template("admin/deliveries.html", **sample("admin")["deliveries"]),
    "/empty-notices": lambda: render_template("notices/index.html", items=[], next=None),
    **{f"/{status}": _error(status) for status in ("403", "404", "409", "500")},
    "/500-before-login": lambda: render_template("error.html", shell=None, error=sample("admin")["errors"]["500"]),
}
FRAGMENTS: dict[str, Callable[[], str]] = {
    **runlooks.fragments(sample("runs")),
    "/tasks/<task_id>/preview": lambda: render_template("inbox/preview.html", task=sample("task")),
    "/gone": lambda: render_template("inbox/preview_gone.html"),
    "/tasks/<task_id>/extend/preview": lambda: render_template(
        "tasks/extend_preview.html", preview=sample("task")["extension"]["preview"]
    ),
    **seatlooks.fragments(sample("task")),
    "/deadlines/<timer_id>/move/preview": lambda: render_template(
        "admin/move_preview.html", preview={"problem": "请填日期和时间。"}
    ),
    "/start/<key>/effect": lambda: _start("requests/effect_answer.html"),
    "/reveal/<person_id>/<field>": lambda: render_template("components/revealed.html", value="13812340126"),
    "/candidates/<candidate_id>/reveal/<field>": lambda: render_template(
        "components/reveal_reason.html", reveal_url="/reveal/p1/phone", key="p1"
    ),
}


def create_app(catalogues: Path) -> Flask:
    """An application that answers with samples; `catalogues` receives the compiled Chinese."""
    compile_catalogue(catalogues)
    app = Flask("look", template_folder=str(WEB / "templates"), static_folder=str(WEB / "static"))
    app.config.update(SECRET_KEY="look", BABEL_TRANSLATION_DIRECTORIES=str(catalogues), SEND_FILE_MAX_AGE_DEFAULT=86400)
    Babel(app, locale_selector=_locale)
    CSRFProtect(app)
    app.context_processor(_given)
    _register(app)
    app.after_request(_with_policy)
    return app


def compile_catalogue(folder: Path) -> None:
    """Compile the Chinese catalogue into `folder`, as the set-up does beside its source."""
    target = folder / "zh" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    source = WEB / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as po, (target / "messages.mo").open("wb") as mo:
        write_mo(mo, read_po(po, locale="zh"))


def _locale() -> str:
    return request.cookies.get("locale", "zh")


def _given() -> dict[str, Any]:
    manifest = json.loads((WEB / "static" / "dist" / "manifest.json").read_text(encoding="utf-8"))
    working = {date(2026, 9, 20): True, date(2026, 9, 25): False}
    show = Presentation(_locale(), SHANGHAI, NOW, lambda day: working.get(day, day.weekday() < 5))
    return {"show": show, "assets": asset_urls(manifest, "/static/dist/"), "shell": sample("shell")}


def _register(app: Flask) -> None:
    answers = {**PAGES, **FRAGMENTS}
    for name, methods, path in endpoints():
        app.add_url_rule(path, f"pages.{name}", _answer(answers.get(path)), methods=methods)
    for path, answer in answers.items():
        methods = ["GET", "POST"] if path in FRAGMENTS else ["GET"]
        app.add_url_rule(path, f"look {path}", _answer(answer), methods=methods)
    bpmn = (SAMPLES / "hiring.bpmn").read_bytes()
    for endpoint in ("diagram", "definition_diagram", "draft_diagram"):
        app.view_functions[f"pages.{endpoint}"] = lambda **_: Response(bpmn, mimetype="application/xml")
    app.view_functions["pages.start_effect"] = _fitting
    app.view_functions["pages.save_draft"] = lambda **_: {}
    app.view_functions["pages.unread"] = lambda **_: {"unread": 7, "label": "通知，7 条未读"}
    app.view_functions["pages.upload"] = _stored


def _fitting(**_: str) -> Response:
    """The live answer of a request that fits now."""
    effect = {**sample("start")["effect"], "blocked": None, "advice": [], "short": "提交后：编制空余 1"}
    checks = {"posts.0": {"ok": True, "text": ""}}
    body = render_template("requests/effect_answer.html", effect=effect, checks=checks)
    return Response(body, headers={"HX-Trigger": '{"lectern:blocked": {"blocked": false}}'})


def _stored() -> dict[str, Any]:
    name = request.files["file"].filename
    return {"id": "f9", "name": name, "size": 4, "size_words": "1 KB", "url": "/attachments/f9"}


def _answer(render: Callable[[], str] | None) -> Callable[..., str]:
    def view(**_: str) -> str:
        if request.args.get("flash"):
            flash({"text": "已同意", "action_label": "撤回", "action_url": "/undo"})
        return render() if render else ""

    return view


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
