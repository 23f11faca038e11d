"""An application for a title that a committee has judged on paper: the vote is told as its count."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from service.flows.declaring import heard


@heard("title", "committee_called", "committee_vote")
def called(on: date) -> Mapping[str, Any]:
    """A committee that sat elsewhere: nobody of it is named here, and its vote was over after that day."""
    return {"committee": {"session": None, "members": [], "vote_until": (on + timedelta(days=1)).isoformat()}}
