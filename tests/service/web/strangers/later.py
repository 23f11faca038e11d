"""Rows of rooms that every house gets, for the addresses that carry their ids: drafts, migrations …"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, insert, select

from service.attachments.models import Attachment
from service.db import transaction
from service.deployments.models import DefinitionDraft, RetirementRequest
from service.flows.corrections.queries import CORRECTION
from service.flows.publicity.periods import PUBLICITY
from service.flows.publicity.queries import OBJECTION
from service.instances.models import Migration, PaperCase, PaperImport
from service.opening.written import IMPORT
from service.papers import shipped
from service.papers.commands import PAPER
from service.papers.templates import TEMPLATE
from service.parameters.models import ParameterProposal
from service.posts.lending import LOAN
from service.posts.models import NamedHold
from service.reports.contents import packed
from service.reports.models import FrozenReport
from tests.service.web.api.house import House
from workflows.base import new_id, table_of
from workflows.models import ProcessDefinition

DAY, AT = date(2026, 9, 10), datetime(2026, 9, 10, tzinfo=UTC)


def written(house: House, case: str, candidate: str) -> dict[str, str]:
    """Name of an id in addresses → one that is there; what was published is of `case`, a candidate's name."""
    admin, one = house.county.accounts["admin"], new_id()
    with transaction() as session:
        definition = session.scalars(select(ProcessDefinition.id).limit(1)).one()
        saved: dict[str, Any] = {"created_by": admin, "created_at": AT, "saved_by": admin, "saved_at": AT}
        draft = {"key": "drafted", "name": "草稿", "state": "editing", "version": 1, "authors": [admin], **saved}
        migration = {"definition_id": definition, "dry": True, "reason": "试", "asked_by": admin, "at": AT}
        proposal = {"key": "opening_ratio", "value": 4, "valid_from": DAY, "source": "文", "state": "open"}
        retirement = {"key": "drafted", "definition_id": definition, "reason": "并入", "state": "open"}
        period = {"instance_id": case, "flow": "hiring", "subject": candidate, "open_to_all": True, "from_on": DAY}
        said = {"publicity_id": one, "about": "考生", "named": False, "event_seq": 1, "at": AT}
        paper = session.scalars(select(Attachment.id).limit(1)).one()
        rows: list[tuple[Table, dict[str, Any]]] = [
            (table_of(DefinitionDraft), draft),
            (table_of(Migration), migration),
            (table_of(ParameterProposal), {**proposal, "proposed_by": admin, "proposed_at": AT}),
            (table_of(RetirementRequest), {**retirement, "asked_by": admin, "asked_at": AT}),
            (PUBLICITY, {**period, "until": DAY}),
            (OBJECTION, said),
            (CORRECTION, _wrong(case, paper, admin)),
            (LOAN, _lent(house)),
            (IMPORT, _loaded(admin)),
            *_papers(case, paper, one),
            *_told(house, one),
            (table_of(NamedHold), _kept(house)),
            (table_of(FrozenReport), _frozen()),
        ]
        for table, row in rows:
            session.execute(insert(table), {"id": one, **row})
    return _names(one)


def _names(one: str) -> dict[str, str]:
    names = (
        "draft_id", "migration_id", "proposal_id", "retirement_id", "publicity_id", "public_objection_id",
        "correction_id", "loan_id", "template_id", "paper_id", "load_id", "hold_id", "report_id", "paper_case_id",
        "import_id",
    )  # fmt: skip
    kinds = {"kind": "filing_letter", "version": "1", "ending": "xlsx", "definition_key": "hiring", "year": "2026",
             "position": "0"}  # fmt: skip
    return {**dict.fromkeys(names, one), "act": "discard", **kinds}


def _wrong(case: str, paper: str, admin: str) -> dict[str, Any]:
    """A correction of the case that waits for a second person."""
    return {"instance_id": case, "kind": "hiring.hire", "item": "", "about": "错", "before": {}, "after": {},
            "effects": {"ledger": [], "told": [], "published": False}, "reason": "错", "document": "文",
            "decided_on": DAY, "attachment_id": paper, "state": "open", "proposed_by": admin,
            "proposed_at": AT}  # fmt: skip


def _lent(house: House) -> dict[str, Any]:
    """A loan of the opening day."""
    return {"account_id": house.accounts["s01", "headcount"], "borrower_id": house.county.organisations["s01"],
            "person_id": house.county.persons["s01.teacher"], "line": "opening", "from_on": DAY,
            "until": DAY}  # fmt: skip


def _loaded(admin: str) -> dict[str, Any]:
    """A sheet of the opening that was loaded."""
    return {"account_id": admin, "name": "县.xlsx", "state": "loaded", "total": 1, "wrong": 0, "counts": {},
            "mapping": [], "at": AT, "loaded_at": AT, "loaded_by": admin, "reason": ""}  # fmt: skip


def _told(house: House, workbook: str) -> list[tuple[Table, dict[str, Any]]]:
    """A workbook of cases on paper, and a case of it that the second person has refused."""
    person, school = house.county.persons["bureau.hr"], house.county.organisations["s01"]
    told = {"definition_key": "hiring", "organisation_id": school, "element_id": "filing", "requested_on": DAY,
            "initiator_id": house.county.persons["s01.hr"], "state": "refused", "proposed_by": person,
            "proposed_at": AT, "decided_by": person, "decided_at": AT, "reason": "错",
            "import_id": workbook}  # fmt: skip
    book = {"person_id": person, "definition_key": "hiring", "name": "纸质事项.xlsx", "at": AT}
    return [(table_of(PaperImport), book), (table_of(PaperCase), told)]


def _kept(house: House) -> dict[str, Any]:
    """A named hold of s01 in the care of bureau HR."""
    return {"organisation_id": house.county.organisations["s01"], "reason": "纸上事项", "document": "文",
            "owner": f"person:{house.county.persons['bureau.hr']}", "decided_on": DAY, "until": DAY,
            "booked_by": house.county.persons["bureau.hr"], "booked_at": AT}  # fmt: skip


def _frozen() -> dict[str, Any]:
    """A frozen report without figures."""
    contents, digest = packed({"format": 1, "as_of": DAY.isoformat(), "parameters": {}, "figures": []})
    return {"name": "学年报表", "as_of": DAY, "frozen_at": AT, "frozen_by": "system", "sha256": digest,
            "contents": contents}  # fmt: skip


def _papers(case: str, file: str, template: str) -> list[tuple[Table, dict[str, Any]]]:
    """A template, and an official paper of the case that was issued by it."""
    content = shipped.content("filing_letter")
    kept = {"kind": "filing_letter", "version": 1, "state": "draft", "content": content, "checksum": "", "note": "",
            "made_by": "system", "made_at": AT}  # fmt: skip
    paper = {"kind": "filing_letter", "instance_id": case, "template_id": template, "year": 2026, "seq": 1,
             "number": "文1", "about": "某", "code": "c", "digest": "d", "personal": False, "reason": "",
             "docx_id": file, "issued_by": "system", "at": AT}  # fmt: skip
    return [(TEMPLATE, kept), (PAPER, paper)]
