"""Who may do what, in one place: the table of actions, and `visible`, the rows an actor may see."""

from typing import Any

from sqlalchemy import select

from service.access.actor import Actor
from service.access.grants import (
    Rule,
    Target,
    anyone,
    asker,
    assigner,
    at,
    chairs,
    claims,
    drawn_in,
    extender,
    has_role,
    holds,
    in_group,
    initiator,
    named,
    only_jobs,
    own_account,
    own_person,
    owner,
    party,
    quota_owner,
    recorder,
    sat,
    shared,
    signed_in,
    sits,
    slip_issuer,
    stands_in,
    starter,
)
from service.access.roles import ADMIN, AUDITOR, BUREAU_HR, LEADER, QUOTA_OFFICES, SCHOOL_HEADS, SCHOOL_OFFICE
from service.access.visibility import CLAUSES, TABLES, visible
from service.db import db
from service.errors import Forbidden, NotFound
from workflows.base import Base

__all__ = ["ACTIONS", "Target", "allows", "require", "sees", "visible"]

hr = has_role(*BUREAU_HR)
hr_chief = has_role("bureau_hr_chief")
leader = has_role(*LEADER)
admin = has_role(*ADMIN)
auditor = has_role(*AUDITOR)
quota_office = has_role(*QUOTA_OFFICES)
office = at(*SCHOOL_OFFICE)
clerk = at("school_hr", *SCHOOL_HEADS)
signs = (sits & named) | in_group | drawn_in

ACTIONS: dict[str, Rule] = {
    "session.open": anyone,
    "session.close": signed_in,
    "session.touch": signed_in,
    "session.clean_up": only_jobs,
    "token.issue": own_account,
    "token.revoke": own_account | admin,
    "account.create": admin | hr,
    "account.open_many": admin | hr,
    "account.issue_slips": slip_issuer,
    "account.activate": anyone,
    "account.link_identity": admin,
    "account.change_password": own_account,
    "account.reset_password": admin,
    "account.close": admin | hr,
    "role.assign": assigner,
    "role.end": assigner,
    "role.set_absence": own_person | assigner,
    "absence.plan": own_person | hr,
    "substitute.name": own_person | hr,
    "substitute.end": party | hr,
    "person.read": own_person | office | hr | leader | admin | auditor,
    "person.create": hr,
    "person.edit": hr | clerk,
    "person.unmask": own_person | hr | clerk,
    "person.appoint": hr,
    "person.end_appointment": hr,
    "person.declare_relation": own_person | hr,
    "person.rotate_keys": only_jobs,
    "file.read_hidden": own_person | hr,
    "file.enter": hr,
    "record.correct": hr,
    "record.void": hr,
    "file.check": hr,
    "file.ask_correction": own_person,
    "correction.answer": hr,
    "record.rotate_keys": only_jobs,
    "organisation.read": signed_in,
    "organisation.create": admin | hr,
    "organisation.edit": admin | hr,
    "organisation.authorise": hr_chief | leader,
    "ledger.read": office | quota_office | hr | leader | auditor,
    "ledger.change_approved": hr | quota_owner,
    "ledger.move_post": hr,
    "ledger.open": hr,
    "open_cases.confirm_school": clerk,
    "open_cases.record_school": hr,
    "open_cases.confirm_bureau": hr,
    "open_cases.take_back": hr,
    "named_hold.book": hr,
    "named_hold.end": owner | hr,
    "named_hold.expire": only_jobs,
    "opening.import": admin | hr,
    "opening.export": hr,
    "opening.clean_up": only_jobs,
    "opening.rotate_keys": only_jobs,
    "opening.read": office | hr | leader | auditor | quota_office,
    "opening.sign_school": at("principal"),
    "opening.record_school": hr,
    "opening.sign_bureau": hr,
    "opening.print": office | hr,
    "definition.read": signed_in,
    "deployment.check": admin,
    "deployment.publish": admin,
    "deployment.approve": admin,
    "definition.retire": admin,
    "definition.approve_retirement": admin,
    "draft.read": admin | auditor,
    "draft.begin": admin,
    "draft.save": admin,
    "draft.discard": admin,
    "expression.evaluate": admin,
    "decision.evaluate": admin | hr,
    "instance.start": starter,
    "instance.begin_asked": only_jobs,
    "paper_case.rehearse": hr,
    "paper_case.propose": hr,
    "paper_case.confirm": hr,
    "paper_case.refuse": hr,
    "paper_case.clean_up": only_jobs,
    "paper_case.read": hr | auditor,
    "instance.save_draft": signed_in,
    "instance.withdraw": initiator,
    "instance.suspend": hr,
    "instance.resume": hr,
    "instance.retry": hr | admin,
    "instance.cancel": hr,
    "instance.move_back": hr,
    "instance.change_variable": hr,
    "instance.propose_correction": hr,
    "case_correction.confirm": hr,
    "case_correction.refuse": hr,
    "monitor.read": hr | admin | auditor,
    "instance.migrate": hr | admin,
    "instance.migrate_many": hr | admin,
    "instance.forget_migrations": only_jobs,
    "instance.export": hr | leader | auditor,
    "sheet.freeze": only_jobs,
    "instance.issue_paper": hr,
    "paper.draw": only_jobs,
    "paper.attach_scan": hr,
    "paper_template.read": hr | leader | admin | auditor,
    "paper_template.add": hr,
    "paper_template.publish": hr,
    "paper_template.retire": hr,
    "instance.attach_scan": office | hr,
    "instance.remind": initiator | office,
    "instance.rotate_keys": only_jobs,
    "task.claim": in_group | stands_in,
    "task.unclaim": claims | hr,
    "task.save_draft": signs | stands_in,
    "task.extend": extender,
    "task.remind": initiator | office,
    "task.mark_read": signed_in,
    "filter.save": own_person,
    "filter.change": own_person,
    "phrase.write": own_person,
    "phrase.write_bureau": hr_chief | admin,
    "task.bulk_complete": signed_in,
    "task.recuse": signs | stands_in | chairs,
    "task.record_paper": recorder,
    "task.enter_minutes": signs,
    "task.confirm_minutes": own_person,
    "task.dispute_paper": own_person | in_group | sits,
    "task.complete": signs | stands_in,
    "task.return": signs | stands_in,
    "task.recall": sat,
    "task.clean_up": only_jobs,
    "task.transfer": (signs & holds) | hr,
    "task.delegate": signs,
    "task.add_signer": signs,
    "task.remove_signer": asker | hr,
    "task.copy": signs | hr,
    "run.work": only_jobs,
    "run.cancel": own_account | (shared & (office | hr)) | admin,
    "loan_term.decide": hr,
    "loan_term.remind": only_jobs,
    "publicity.object": anyone,
    "publicity_objection.read": hr | auditor,
    "publicity_objection.register": hr,
    "publicity_objection.hear": hr,
    "reserved_round.read": hr | leader | auditor | has_role("hr_bureau_officer"),
    "candidate.edit": office | hr,
    "candidate.import": office | hr,
    "candidate.clean_up": only_jobs,
    "exchange_entry.correct": own_person | office | hr,
    "exchange_entry.appeal": own_person | hr,
    "exchange_entry.settle": hr,
    "exchange_entry.ask_exception": office | hr,
    "exchange_entry.decide_exception": hr,
    "exchange_entry.apply": own_person,
    "exchange_entry.nominate": office | hr,
    "exchange_entry.opine": office | hr,
    "exchange_entry.strike": only_jobs,
    "exchange_opening.offer": office | hr,
    "exchange_opening.rank": office | hr,
    "exchange_round.ask": hr,
    "exchange_round.read": hr | leader | auditor,
    "title.open_batch": hr,
    "title.enter_expert": hr | office,
    "title.convene": hr | office,
    "title.serve_waiting": only_jobs,
    "attachment.add": signed_in,
    "attachment.clean_up": only_jobs,
    "idempotency.clean_up": only_jobs,
    "message.deliver": admin,
    "notice.choose": own_person,
    "notice.call": hr,
    "channel.read": admin | auditor,
    "channel.declare": admin,
    "delivery.read": admin | auditor,
    "delivery.retry": admin,
    "delivery.drop": admin,
    "timer.fire": admin,
    "deadline.recompute": only_jobs,
    "timer.move": admin,
    "timer.switch": admin,
    "incident.record": anyone,
    "incident.read": admin | auditor | hr,
    "incident.resolve": admin,
    "audit.verify": admin | auditor,
    "audit.rotate_keys": only_jobs,
    "report.read": hr | leader | auditor,
    "report.freeze": hr | leader,
    "report.turn": hr,
    "parameter.read": signed_in,
    "parameter.propose": hr | leader,
    "parameter.confirm": hr_chief | leader,
    "calendar.edit": admin,
}
"""Action → rule. The system actor of jobs may do all of them; the auditor reads everything and writes nothing."""

IDENTITY = {"instance": "instance_id", "case_contents": "instance_id"}
"""Nouns that are found by another column than `id`."""

NOUNS = {
    "ledger": "ledger_account",
    "role": "role_assignment",
    "substitute": "substitution",
    "absence": "person",
    "record": "person_record",
    "file": "person",
    "correction": "person",
    "paper": "official_paper",
}
"""Actions whose first word is not the noun of the target."""


ABSENT = {"ledger": "ledger_account", "absence": "person", "file": "person"}
"""Actions whose target is called otherwise where it is looked up: absent and hidden must read alike."""


def require(actor: Actor, action: str, target: Any = None) -> None:
    """Pass when the actor may do `action` to `target`; the hot path asks the database nothing.

    NotFound("<noun>.absent") when the target is not even visible, Forbidden with the rule's code otherwise.
    `target` is a `Target` or any object with the attributes that the rule reads; KeyError for an unknown action.
    """
    rule = ACTIONS[action]
    if actor.is_system or rule.allows(actor, target):
        return
    noun = NOUNS.get(word := action.partition(".")[0], word)
    if not actor.is_anonymous and noun in CLAUSES and not sees(actor, noun, target):
        raise NotFound(f"{ABSENT.get(word, word)}.absent")
    raise Forbidden(rule.code, action=action)


def allows(actor: Actor, action: str, target: Any = None) -> bool:
    """Whether the rule of an action lets the actor through: what pages show as possible. Says nothing of visibility."""
    return actor.is_system or ACTIONS[action].allows(actor, target)


def sees(actor: Actor, noun: str, target: Any) -> bool:
    """Whether the row that `target` names is visible to the actor; a target that names no row is nothing to hide."""
    name = IDENTITY.get(noun, "id")
    identity = getattr(target, name, None)
    if identity is None:
        return True
    source = Base.metadata.tables[TABLES.get(noun, noun)]
    row = select(source.c[name]).where(source.c[name] == identity, visible(actor, noun))
    return db.session.execute(row).first() is not None
