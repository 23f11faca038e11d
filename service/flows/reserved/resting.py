"""What both sides of the joint decision rest on: the list that was drawn up, so that they agree to one and the same."""

import hashlib
from typing import Any

import orjson

from service.flows.declaring import Minuted, minuted


@minuted("reserved_round", "bureau_decision")
@minuted("reserved_round", "hr_decision")
def listed(said: Minuted) -> dict[str, Any]:
    """How many are listed and get a post, and the SHA-256 of the list with every rank and reason (keys sorted)."""
    ranking = said.variables["ranking"]
    digest = hashlib.sha256(orjson.dumps(ranking, option=orjson.OPT_SORT_KEYS)).hexdigest()
    granted = sum(bool(row["granted"]) for row in ranking)
    return {"listed": len(ranking), "granted": granted, "list_sha256": digest}
