"""Deliveries that failed, for an admin: why, and trying again or dropping them; the channels beside them."""

from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.access import policy
from service.channels import commands_channels, queries
from service.notices import words as notice_words
from service.notices.queries import Failure
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent

PAGE = 50


class DeliveryQuery(sent.Query):
    """Where the page begins."""

    cursor = Text(most=64, load_default=None, allow_none=True)


@pages.get("/deliveries")
def deliveries() -> str:
    """What could not be delivered, and by which channels messages leave."""
    actor = edge.actor()
    found = queries.failures(actor, before=sent.query(DeliveryQuery)["cursor"], limit=PAGE + 1)
    server = edge.settings().smtp
    return render_template(
        "admin/deliveries.html",
        items=[_item(failure) for failure in found[:PAGE]],
        next=found[PAGE - 1].id if len(found) > PAGE else None,
        channels=[_channel(row) for row in queries.channels(actor)],
        may_declare=policy.allows(actor, "channel.declare"),
        mail_server=f"{server.host}:{server.port}" if server else None,
        kept_back=queries.kept_back(actor) if edge.settings().practice else None,
    )


def _item(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.id,
        "channel": failure.channel,
        "words": notice_words.phrase(failure.kind, {}, edge.locale()),
        "given_up": failure.state == "failed",
        "attempts": failure.attempts,
        "next_at": failure.next_at,
        "error": failure.error,
        "may_act": policy.allows(edge.actor(), "delivery.retry"),
    }


def _channel(row: Any) -> dict[str, Any]:
    name = row.name_en if edge.locale() == "en" else row.name
    return {
        "key": row.key,
        "name": name,
        "host": urlsplit(row.url).netloc,
        "recipient": row.recipient,
        "active": row.active,
    }


@pages.post("/deliveries/<message_id>/retry")
def retry_delivery(message_id: str) -> Response:
    """Try a message that was given up again."""
    commands_channels.retry_delivery(edge.actor(), message_id, now=edge.now())
    flash(_("It will be tried again at once"))
    return redirect(url_for("pages.deliveries"))


@pages.post("/deliveries/<message_id>/drop")
def drop_delivery(message_id: str) -> Response:
    """Give a message up for good."""
    commands_channels.drop_delivery(edge.actor(), message_id, now=edge.now())
    flash(_("Dropped"))
    return redirect(url_for("pages.deliveries"))
