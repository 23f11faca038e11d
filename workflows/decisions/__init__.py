"""DMN decisions on top of FEEL: parse, check, and evaluate with the reason (which rows matched)."""

from workflows.decisions.check import check
from workflows.decisions.decision import Decision
from workflows.decisions.findings import Finding
from workflows.decisions.knowledge import Knowledge, ServiceModel
from workflows.decisions.linking import Model
from workflows.decisions.model import MatchedRule, Outcome, Table
from workflows.decisions.parse import parse_decisions, read_models

__all__ = [
    "Decision",
    "Finding",
    "Knowledge",
    "MatchedRule",
    "Model",
    "Outcome",
    "ServiceModel",
    "Table",
    "check",
    "parse_decisions",
    "read_models",
]
