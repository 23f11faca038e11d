"""The deploy gate: constructs, references, expressions, forms; each finding has a place and a remedy."""

from workflows.checks.context import GateContext, Operation
from workflows.checks.findings import REGISTRY, Finding, Rule, refused
from workflows.checks.gate import check

__all__ = ["REGISTRY", "Finding", "GateContext", "Operation", "Rule", "check", "refused"]
