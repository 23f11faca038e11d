"""The sheet of a case is frozen right after its end: asked for in the step that ends it, drawn in the background."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.runs.asking import ask
from service.tasks.ends import at_end

KIND = "sheet.freeze"


@at_end
def ask_for_sheet(session: Session, instance_id: str, now: datetime) -> None:
    """Ask for the sheet in every language."""
    ask(session, Actor.system(), KIND, {"instance_id": instance_id}, now=now)
