"""How much a trial may take, all its moves together: a person waits for it, and a server has other work."""

import time
from dataclasses import dataclass, field

from workflows.errors import Conflict

STEPS, SECONDS = 100_000, 4.0


@dataclass
class Budget:
    """Elements run and expressions evaluated, and seconds; whichever is used up first ends the trial."""

    steps: int = STEPS
    seconds: float = SECONDS
    begun: float = field(default_factory=time.monotonic)

    def spend(self, element_id: str) -> None:
        """One more step, at an element; Conflict("trial.too_long") once nothing is left."""
        self.steps -= 1
        if self.steps < 0 or time.monotonic() - self.begun > self.seconds:
            raise Conflict("trial.too_long", element_id=element_id)
