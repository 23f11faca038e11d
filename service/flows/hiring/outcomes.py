"""What operations of hiring would likely answer in a trial: by the same rules, without a ledger or a school."""

from collections.abc import Mapping
from typing import Any

from service.flows.declaring import outcome
from service.flows.hiring import rules


@outcome("hiring.reserve")
def reserve(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """There is room: every row is held."""
    posts = rules.numbered(variables["posts"])
    review = rules.review_rows(posts)
    held = {"posts": posts, "total": rules.total(posts), "ledger_full": False}
    return {**held, **dict.fromkeys(rules.REVIEWS, review)}


@outcome("hiring.settle_review")
def settle_review(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """What both offices grant; what the bureau's signers cut stands in their seats, which a trial has not."""
    reviews = {name: variables.get(name) or [] for name in ("staffing_posts", "hr_posts")}
    before = variables["posts"]
    after = rules.granted(before, reviews)
    left = [post for post in after if post["count"]]
    return {"posts": left, "total": rules.total(left), "cuts": rules.cuts(before, after)}


@outcome("hiring.school_facts")
def school_facts(_variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """A school that may hire by itself."""
    facts = {"authorised": True, "authorised_until": None, "stage": "primary", "area": "town", "weak": False}
    return {"school_facts": facts}
