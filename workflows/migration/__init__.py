"""Moving a running case to another version of its flow: first whether it is safe and why not, then the move."""

from workflows.migration.planning import STANDING, Facts, Plan, Planner, Refusal
from workflows.migration.running import comes_straight, migrate

__all__ = ["STANDING", "Facts", "Plan", "Planner", "Refusal", "comes_straight", "migrate"]
