"""Asks every address of API and pages as every role: bodies that pass the schemas, so that the answer is of the id."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service.web import edge
from tests.service.people.county import id_number
from tests.service.web.api.outside import outside
from tests.service.web.strangers.secrets import INVENTED, LEDGER_PAGES, PUBLIC, SEES, Secret

TODAY = "2026-09-10"
PAPER = {"document": "教人〔2026〕1号", "decided_on": TODAY}
APPLICANT = {"line": 1, "name": "某", "id_number": id_number(651), "degree": "bachelor"}
BODIES: dict[str, dict[str, Any]] = {
    "api.save_draft": {"values": {}},
    "api.change_filter": {"name": "别的"},
    "pages.change_filter": {"name": "别的"},
    "api.complete_task": {"decision": "approve", "opinion": "可", "values": {}},
    "api.recuse_task": {"reason": "亲属", "version": 1},
    "api.recall_task": {},
    "api.move_case_back": {"element_id": "a", "target_id": "b", "reason": "走错", "version": 1},
    "api.change_case_variable": {"name": "band", "value": "senior", "reason": "填错", "version": 1},
    "api.propose_case_correction": {"kind": "personnel.change", "values": {}, "reason": "错", "document": "文",
                                    "decided_on": TODAY, "attachment_id": INVENTED},
    "api.refuse_case_correction": {"reason": "不对"},
    "pages.propose_correction": {"kind": "personnel.change", "decided_on": TODAY},
    "pages.refuse_correction": {"reason": "不对"},
    "api.confirm_opening_mapping": {"sheets": [{"sheet": "a", "table": "staff"}]},
    "api.revoke_opening_import": {"reason": "装错"},
    "pages.act_on_opening": {"text": "装错"},
    "pages.map_opening": {"sheets.0.table": "staff"},
    "api.attach_sheet_scan": {"attachment_id": INVENTED},
    "pages.carry_out": {"act": "cancel", "reason": "不再需要", "version": 1},
    "api.return_task": {"target": "initiator", "reason": "补正", "version": 1},
    "api.transfer_task": {"person_id": INVENTED, "reason": "出差", "version": 1},
    "api.delegate_task": {"person_id": INVENTED, "reason": "请先填", "version": 1},
    "api.add_signer": {"person_ids": [INVENTED], "reason": "请把关", "version": 1},
    "api.remove_signer": {"seat_id": INVENTED, "reason": "不需要", "version": 1},
    "api.copy_task": {"person_ids": [INVENTED]},
    "pages.change_seats": {"person_ids": INVENTED, "reason": "出差", "version": 1},
    "api.extend_task": {"days": 1, "reason": "材料较多"},
    "api.record_paper": {"decided_by": "编办", "decided_on": TODAY, "document": "1号", "attachment_id": INVENTED},
    "api.dispute_paper": {"reason": "不符"},
    "api.enter_minutes": {"meeting": "局党组会", "held_on": TODAY, "due": [], "present": [], "chair_id": INVENTED,
                          "attachment_id": INVENTED},
    "api.register_candidate": APPLICANT,
    "pages.act_on_exchange_entry": {"act": "correct", "text": "改"},
    "pages.answer_exchange_objection": {"outcome": "cleared", "text": "可", "plan_id": INVENTED},
    "pages.offer_exchange_opening": {"organisation_id": INVENTED, "subject": "语文", "stage": "primary", "count": 1},
    "api.settle_exchange_entry": {"result": "EXEMPT", "because": "改", "version": 1},
    "api.correct_exchange_entry": {"text": "改"},
    "api.appeal_exchange": {"text": "改"},
    "api.save_draft_files": {"version": 1},
    "api.migrate_instance": {"definition_id": INVENTED},
    "pages.act_on_draft": {"version": 1},
    "pages.save_draft_contents": {"version": 1},
    "pages.try_draft": {"moves": []},
    "pages.evaluate_decision": {"decision_id": "d", "values": "{}"},
    "pages.preview_form": {"form": {}},
    "api.object_to_publicity": {"text": "异议"},
    "api.end_named_hold": {"reason": "误"},
    "pages.end_named_hold": {"reason": "误"},
    "api.refuse_paper_case": {"reason": "误"},
    "api.issue_case_paper": {"kind": "filing_letter"},
    "api.preview_case_paper": {"kind": "filing_letter"},
    "pages.issue_official_paper": {"kind": "filing_letter"},
    "pages.preview_paper": {"kind": "filing_letter"},
    "api.attach_official_paper_scan": {"attachment_id": INVENTED},
    "api.retire_paper_template": {"reason": "误"},
    "api.hear_publicity_objection": {"outcome": "nothing_new", "reason": "查过"},
    "pages.hear_public_objection": {"outcome": "nothing_new", "reason": "查过"},
    "pages.publicity_notice": {"text": "异议"},
    "api.answer_objection": {"outcome": "cleared", "text": "可"},
    "api.ask_exception": {"reason": "因"},
    "api.decide_exception": {"granted": True, "reason": "因"},
    "api.nominate_for_exchange": {"reason": "因"},
    "api.give_opinion": {"opinion": "support"},
    "api.offer_opening": {"subject": "语文", "stage": "primary", "count": 1},
    "api.edit_candidate": {"version": 1, "reason": "改"},
    "api.remove_candidate": {"version": 1, "reason": "误"},
    "api.unmask_candidate": {"field": "phone", "reason": "查"},
    "api.change_approved": {"approved": 100, **PAPER},
    "api.move_post": {"target_id": INVENTED, **PAPER},
    "api.name_holder": {**PAPER, "borrower_id": INVENTED, "person_id": INVENTED, "from_on": TODAY, "until": TODAY},
    "api.extend_loan": {**PAPER, "until": TODAY},
    "api.return_post": {**PAPER, "on": TODAY, "afterwards": "no_post"},
    "api.correct_holder": {**PAPER, "person_id": INVENTED},
    "api.edit_organisation": {"version": 1, "name": "改名"},
    "api.authorise": {"kind": "own_titles", "valid_from": TODAY, "document": "教〔2026〕1号"},
    "api.end_authorisation": {"on": TODAY},
    "api.edit_person": {"version": 1, "degree": "master"},
    "api.unmask": {"field": "phone", "reason": "查"},
    "api.add_record": {"kind": "title", "valid_from": TODAY, "value": "一级"},
    "api.correct_record": {"kind": "title", "valid_from": TODAY, "value": "一级", "reason": "改"},
    "api.void_record": {"reason": "误"},
    "api.check_file": {"topic": "career"},
    "api.ask_correction": {"text": "改"},
    "api.answer_correction": {"answer": "可"},
    "pages.answer_correction": {"text": "可"},
    "pages.put_right": {"value": "一级", "valid_from": TODAY, "reason": "改"},
    "pages.add_record": {"value": "一级", "valid_from": TODAY},
    "pages.take_back_record": {"text": "误"},
    "pages.check_file": {"topic": "career"},
    "api.declare_relation": {"kind": "spouse", "relative_name": "某"},
    "api.appoint_person": {
        "organisation_id": INVENTED, "valid_from": TODAY, "employment_kind": "contract", "post_category": "support",
    },
    "api.end_appointment": {"on": TODAY, "because": "离职"},
    "api.end_role": {"on": TODAY},
    "api.set_absence": {"first": TODAY},
    "api.plan_absence": {"first": TODAY, "until": "2026-09-12"},
    "api.put_identity": {"subject": "4711"},
    "api.reset_password": {"password": "a long new password"},
    "api.propose_parameter": {"value": 3, "valid_from": TODAY, "source": "规定"},
    "api.refuse_proposal": {"reason": "无依据"},
    "api.change_holiday": {"name": "寒假", "first": "2027-01-20", "last": "2027-02-20"},
    "api.set_day": {"working": False, "name": "校庆"},
    "api.declare_channel": {"name": "网关", "name_en": "Gateway", "url": "https://gateway.test/"},
    "api.suspend_instance": {"reason": "暂停"},
    "api.cancel_instance": {"reason": "取消"},
    "api.export_evidence": {"reason": "复议"},
    "api.move_timer": {"due_at": "2099-01-01T00:00:00Z", "reason": "放假"},
    "api.switch_start_timer": {"active": False, "reason": "停办"},
    "api.list_title_candidates": {"version": 1},
    "api.draw_title_members": {"version": 1},
    "api.excuse_title_member": {"version": 1, "person_id": INVENTED, "reason": "出差"},
    "api.mark_title_candidates": {"version": 1, "marks": []},
    "api.cancel_title_session": {"version": 1, "reason": "台风"},
    "pages.mark_title_candidates": {"version": 1},
    "pages.cancel_title_session": {"version": 1, "reason": "台风"},
    "api.open_title_vote": {"version": 1},
    "api.end_title_expert": {"on": TODAY},
    "pages.list_title_candidates": {"version": 1},
    "pages.draw_title_members": {"version": 1},
    "pages.excuse_title_member": {"version": 1, "person_id": INVENTED, "reason": "出差"},
    "pages.open_title_vote": {"version": 1},
    "pages.end_title_expert": {"on": TODAY},
    "pages.save_candidate": {"version": 1, **APPLICANT},
    "pages.add_candidate": APPLICANT,
    "pages.remove_candidate": {"version": 1, "reason": "误"},
    "pages.reveal_candidate": {"reason": "查"},
    "pages.reveal": {"reason": "查"},
    "pages.complete": {"decision": "approve", "opinion": "可", "version": 1},
    "pages.recuse": {"reason": "亲属", "version": 1},
    "pages.grant_extension": {"days": "1", "reason": "材料较多"},
    "pages.record_paper": {"paper.document": "1号", "version": 1},
    "pages.dispute": {"reason": "不符"},
    "pages.enter_minutes": {"minutes.meeting": "局党组会", "version": 1},
    "pages.case_evidence": {"reason": "复议"},
    "pages.attach_sheet_scan": {"scan[]": "none"},
}  # fmt: skip
SCRIPTED = frozenset({"pages.save_draft_contents", "pages.try_draft", "pages.evaluate_decision", "pages.preview_form"})
"""Pages that a script asks, with JSON."""
SHEETS = {"api.import_candidates": "file", "pages.import_candidates": "sheet"}
"""Endpoints that take a sheet, and the name of its field."""
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CHANGING = re.compile(r'"request_id": ?"[^"]+"|[0-9a-f]{32}|[\w-]{40,}\.[\w-]{6}\.[\w-]{27}')
"""The number of a request and the signed token of a form."""


@dataclass(frozen=True)
class Line:
    """A line of the matrix: one method of one address."""

    method: str
    rule: Rule

    @property
    def name(self) -> str:
        return f"{self.method:6} {self.rule.rule.removeprefix('/api/v1')} ({self.rule.endpoint.partition('.')[0]})"

    @property
    def private(self) -> frozenset[str]:
        """The names of ids that not everybody may know of; a name without a sample is a KeyError."""
        if self.rule.endpoint in LEDGER_PAGES:
            return frozenset({"account_id"})
        return frozenset(self.rule.arguments - PUBLIC)

    def open_to(self, who: str) -> bool:
        """Whether the policy lets this role know every id in the address."""
        return all(who in SEES[name] for name in self.private)

    def address(self, ids: dict[str, str]) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found.group(1)], self.rule.rule)


def lines(app: Flask) -> Iterator[Line]:
    """Every method and address of API and pages that carries an id; files of the house itself are not asked for."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.arguments and not rule.endpoint.endswith("static"):
            yield from (Line(method, rule) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


class Asker:
    """One role at API and pages, logged in once."""

    def __init__(self, secret: Secret, who: str) -> None:
        self.who, self._caller = who, secret.house.caller(who)
        self._client: FlaskClient = secret.house.app.test_client()
        self._client.set_cookie(edge.SESSION_COOKIE, self._caller.token)
        found = FORM_TOKEN.search(self.page("/notices").text)
        assert found
        self._form_token = found.group(1)

    def ask(self, line: Line, ids: dict[str, str]) -> TestResponse:
        address, endpoint = line.address(ids), line.rule.endpoint
        sheet = {SHEETS[endpoint]: (BytesIO(b"x"), "a.xlsx")} if endpoint in SHEETS else None
        body = BODIES.get(endpoint, {})
        if endpoint in SCRIPTED and line.method != "GET":
            headers = {"X-CSRFToken": self._form_token}
            return outside(lambda: self._client.open(address, method=line.method, json=body, headers=headers))
        if endpoint.startswith("pages."):
            return self.page(address) if line.method == "GET" else self._post(address, {**body, **(sheet or {})})
        if sheet:
            return self._caller.post(address, data=sheet, content_type="multipart/form-data")
        return self._caller.call(line.method, address, None if line.method == "GET" else body)

    def page(self, address: str) -> TestResponse:
        return outside(lambda: self._client.get(address, headers={"Accept": "text/html"}))

    def _post(self, address: str, data: dict[str, Any]) -> TestResponse:
        headers = {"Accept": "text/html", "X-CSRFToken": self._form_token}
        return outside(lambda: self._client.post(address, data=data, headers=headers))


def said(answer: TestResponse, ids: dict[str, str], names: frozenset[str]) -> str:
    """What an answer tells, its status first, but for the id that was asked for and what every answer changes."""
    text = answer.text
    for name in names:
        text = text.replace(ids[name], f"<{name}>")
    return f"{answer.status_code}\n{CHANGING.sub('…', text)}"
