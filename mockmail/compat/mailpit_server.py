"""Mailpit's calls about the server: information, chaos, health and the stream of events."""

from __future__ import annotations

import resource
import sys
from typing import Any

from aiohttp import web

from mockmail._version import __version__
from mockmail.compat.call import Call, Reply, Route, json_reply
from mockmail.compat.mailpit_documents import summary
from mockmail.compat.streams import send_messages
from mockmail.core.clock import monotonic
from mockmail.core.errors import Problem
from mockmail.core.mail.message import Message
from mockmail.core.smtp_faults import SmtpFault, SmtpStage
from mockmail.core.world import World

VERSION = f"mockmail {__version__}"

TRIGGERS: tuple[tuple[str, SmtpStage, int], ...] = (
    ("Sender", "mail", 451),
    ("Recipient", "rcpt", 451),
    ("Authentication", "auth", 535),
)
"""The name of each trigger of chaos, the stage of its SMTP fault, and its code when it is not set."""


async def show_info(call: Call) -> Reply:
    """Show the number of messages and facts about the server."""
    mail = call.world.mail
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return json_reply(
        {
            "Version": VERSION,
            "LatestVersion": VERSION,
            "Database": "",
            "DatabaseSize": mail.size,
            "Messages": len(mail),
            "Unread": len(mail) - mail.marks.count_read(),
            "Tags": mail.marks.counts(),
            "RuntimeStats": {
                "Uptime": int(monotonic() - call.started),
                "Memory": memory,
                "MessagesDeleted": mail.last - len(mail),
                "SMTPAccepted": mail.last,
                "SMTPAcceptedSize": mail.size,
                "SMTPRejected": 0,
                "SMTPIgnored": 0,
            },
        }
    )


async def show_webui(call: Call) -> Reply:
    """Show the features that Mailpit's page may offer: chaos, but no relay and no SpamAssassin."""
    return json_reply(
        {
            "Label": "" if call.sandbox == "default" else call.sandbox,
            "MessageRelay": {
                "Enabled": False,
                "SMTPServer": "",
                "ReturnPath": "",
                "AllowedRecipients": "",
                "BlockedRecipients": "",
                "OverrideFrom": "",
                "PreserveMessageIDs": False,
                "RecipientAllowlist": "",
            },
            "SpamAssassin": False,
            "ChaosEnabled": True,
            "DuplicatesIgnored": False,
            "HideDeleteAllButton": False,
        }
    )


async def show_chaos(call: Call) -> Reply:
    """Show the triggers of chaos."""
    return json_reply(_triggers(call.world))


async def set_chaos(call: Call) -> Reply:
    """Replace the triggers of chaos, which are SMTP faults; a trigger that is left out is off."""
    given = call.document(*(name for name, _, _ in TRIGGERS))
    faults = [_fault(name, stage, given[name]) for name, stage, _ in TRIGGERS if name in given]
    rules = call.world.smtp_faults
    for old in list(rules):
        if _trigger_of(old) is not None:
            rules.remove(old.id)
    for fault in faults:
        if fault.probability:
            rules.add(fault)
    document = _triggers(call.world)
    for fault in faults:
        if not fault.probability:
            document[_trigger_of(fault) or ""]["ErrorCode"] = fault.code
    return json_reply(document)


async def show_health(call: Call) -> Reply:
    """Respond, because the server is ready."""
    return Reply(b"ok")


async def stream_events(call: Call) -> Reply | web.StreamResponse:
    """Send each new message over a WebSocket, and the numbers of messages after it."""
    return await send_messages(call, _frames)


def _frames(call: Call, message: Message, world: World) -> list[Any]:
    mail = world.mail
    stats = {"Total": len(mail), "Unread": len(mail) - mail.marks.count_read(), "Version": VERSION}
    return [{"Type": "new", "Data": summary(message)}, {"Type": "stats", "Data": stats}]


def _triggers(world: World) -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = {name: {"ErrorCode": code, "Probability": 0} for name, _, code in TRIGGERS}
    for fault in world.smtp_faults:
        name = _trigger_of(fault)
        if name is not None:
            document[name] = {"ErrorCode": fault.code, "Probability": round(fault.probability * 100)}
    return document


def _trigger_of(fault: SmtpFault) -> str | None:
    return next((name for name, stage, _ in TRIGGERS if fault.stage == stage and fault.text == _text(name)), None)


def _text(name: str) -> str:
    return f"Chaos {name.lower()} error"


def _fault(name: str, stage: SmtpStage, given: Any) -> SmtpFault:
    known = {"errorcode": "ErrorCode", "probability": "Probability"}
    if not isinstance(given, dict) or {key.lower() for key in given} - known.keys():
        raise Problem(400, f"{name} must be an object of ErrorCode and Probability")
    values = {known[key.lower()]: value for key, value in given.items()}
    code, probability = values.get("ErrorCode"), values.get("Probability", 0)
    if type(code) is not int or not 400 <= code <= 599:  # noqa: PLR2004  # the codes of failures
        raise Problem(400, f"{name}: ErrorCode must be from 400 to 599, not {code!r:.80}")
    if type(probability) is not int or not 0 <= probability <= 100:  # noqa: PLR2004  # per cent
        raise Problem(400, f"{name}: Probability must be a whole number from 0 to 100, not {probability!r:.80}")
    return SmtpFault(stage=stage, code=code, status="", text=_text(name), times=None, probability=probability / 100)


SERVER_ROUTES = (
    Route("GET", "api/v1/info", show_info),
    Route("GET", "api/v1/webui", show_webui),
    Route("GET", "api/v1/chaos", show_chaos),
    Route("PUT", "api/v1/chaos", set_chaos),
    Route("GET", "api/events", stream_events, is_stream=True),
    Route("GET", "livez", show_health),
    Route("GET", "readyz", show_health),
)
