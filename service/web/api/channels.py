"""My notice settings; channels that an admin declares; deliveries that failed."""

from typing import Any

from service.channels import commands, commands_channels, queries
from service.channels.commands import AskAddress, ChooseNotices, ProveAddress
from service.channels.commands_channels import DeclareChannel
from service.web import edge
from service.web.api import api
from service.web.api.schemas import channels as shapes

NOTICES, CHANNELS = ["Notices"], ["Channels"]


@api.get("/me/notice-settings")
@api.output(shapes.SettingsOut)
@api.doc(tags=NOTICES)
def get_notice_settings() -> Any:
    """What I want told outside the pages."""
    return own_settings()


def own_settings() -> dict[str, Any]:
    """My settings with the names of channels in my language."""
    found = queries.own(edge.actor(), edge.now())
    english = edge.locale() == "en"
    offered = [
        {"key": row.key, "name": row.name_en if english else row.name, "recipient": row.recipient}
        for row in found.channels
    ]
    return vars(found) | {"channels": offered}


@api.put("/me/notice-settings")
@api.input(shapes.ChoiceIn, arg_name="body")
@api.output(shapes.SettingsOut)
@api.doc(tags=NOTICES)
def choose_notices(body: dict[str, Any]) -> Any:
    """Choose groups, channels, digest, language and quiet hours; the pages show every notice in any case."""
    commands.choose_notices(edge.actor(), ChooseNotices(**body), now=edge.now())
    return own_settings()


@api.post("/me/mail-address")
@api.input(shapes.AddressIn, arg_name="body")
@api.output(shapes.SettingsOut, status_code=202)
@api.doc(tags=NOTICES)
def ask_mail_address(body: dict[str, Any]) -> Any:
    """Have a code mailed to an address of mine."""
    commands.ask_address(edge.actor(), AskAddress(body["address"]), now=edge.now())
    return own_settings()


@api.post("/me/mail-address/proof")
@api.input(shapes.CodeIn, arg_name="body")
@api.output(shapes.SettingsOut)
@api.doc(tags=NOTICES)
def prove_mail_address(body: dict[str, Any]) -> Any:
    """Prove the address by the code that came; five tries within 30 minutes."""
    commands.prove_address(edge.actor(), ProveAddress(body["code"]), now=edge.now())
    return own_settings()


@api.delete("/me/mail-address")
@api.output({}, status_code=204)
@api.doc(tags=NOTICES)
def withdraw_mail_address() -> Any:
    """Send no more mail to me."""
    commands.withdraw_address(edge.actor(), now=edge.now())
    return ""


@api.get("/notice-channels")
@api.output(shapes.ChannelList)
@api.doc(tags=CHANNELS)
def list_channels() -> Any:
    """Every declared channel (admin, auditor)."""
    return {"items": queries.channels(edge.actor())}


@api.put("/notice-channels/<key>")
@api.input(shapes.ChannelIn, arg_name="body")
@api.output(shapes.ChannelOut)
@api.doc(tags=CHANNELS)
def declare_channel(key: str, body: dict[str, Any]) -> Any:
    """Declare or change a webhook or gateway (admin)."""
    commands_channels.declare_channel(edge.actor(), DeclareChannel(key, **body), now=edge.now())
    return queries.channel(edge.actor(), key)


@api.get("/deliveries")
@api.input(shapes.DeliveryQuery, location="query", arg_name="query")
@api.output(shapes.DeliveryPage)
@api.doc(tags=CHANNELS)
def list_deliveries(query: dict[str, Any]) -> Any:
    """Messages that failed and are not sent (admin, auditor)."""
    found = queries.failures(edge.actor(), before=query["cursor"], limit=query["limit"] + 1)
    page = found[: query["limit"]]
    return {"items": page, "next": page[-1].id if len(found) > len(page) else None}


@api.post("/deliveries/<message_id>/retry")
@api.output({}, status_code=204)
@api.doc(tags=CHANNELS)
def retry_delivery(message_id: str) -> Any:
    """Try a message that was given up again, from the first attempt (admin)."""
    commands_channels.retry_delivery(edge.actor(), message_id, now=edge.now())
    return ""


@api.delete("/deliveries/<message_id>")
@api.output({}, status_code=204)
@api.doc(tags=CHANNELS)
def drop_delivery(message_id: str) -> Any:
    """Give a message up for good; the record keeps that (admin)."""
    commands_channels.drop_delivery(edge.actor(), message_id, now=edge.now())
    return ""
