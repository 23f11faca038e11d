"""Moving a running case to another version of its flow: first whether it is safe and why not, then the move.

Or back within its own version, by the same tests."""

from workflows.migration.back import against
from workflows.migration.nets import Drawn
from workflows.migration.planning import STANDING, Facts, Plan, Planner, Refusal
from workflows.migration.running import comes_straight, migrate

__all__ = ["STANDING", "Drawn", "Facts", "Plan", "Planner", "Refusal", "against", "comes_straight", "migrate"]
