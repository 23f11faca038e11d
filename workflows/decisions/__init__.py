"""DMN decisions on top of FEEL: parse, check, and evaluate with the reason (which rows matched)."""

from workflows.decisions.check import Finding, check
from workflows.decisions.model import Decision, MatchedRule, Outcome, Table
from workflows.decisions.parse import parse_decisions

__all__ = ["Decision", "Finding", "MatchedRule", "Outcome", "Table", "check", "parse_decisions"]
