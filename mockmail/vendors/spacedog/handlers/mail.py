"""`/1/mail` and `/1/mail/template/{name}` (services/.../MailResource.java, MailTemplateResource.java)."""

from __future__ import annotations

from typing import Any

from mockmail.core.mail.outgoing import Send
from mockmail.core.vendor import Call
from mockmail.vendors.spacedog import templating
from mockmail.vendors.spacedog.access import Caller, require_level, require_role
from mockmail.vendors.spacedog.answer import Answer
from mockmail.vendors.spacedog.bodies import Form, JsonBody
from mockmail.vendors.spacedog.errors import NotFound
from mockmail.vendors.spacedog.handlers import json_nodes, providers, stored_settings
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.outgoing import Mail


def send(call: Call[Caller, Options], params: Form) -> Send | Answer:
    """Send a mail; each of to, cc and bcc is one text (docs/wire/spacedog.md 6)."""
    settings = mail_settings(call)
    require_level(call, "USER" if settings["enableUserFullAccess"] else "ADMIN")
    mail = Mail(
        sender=params.get("from"),
        to=_list(params.get("to")),
        cc=_list(params.get("cc")),
        bcc=_list(params.get("bcc")),
        subject=params.get("subject"),
        text=params.get("text"),
        html=params.get("html"),
    )
    return providers.send(call, settings, mail)


def send_template(call: Call[Caller, Options], params: JsonBody) -> Send | Answer:
    """Send a mail from a template, whose roles say who may; the body holds the template's parameters."""
    settings = mail_settings(call)
    name = call.path["name"]
    template = (settings["templates"] or {}).get(name)
    if template is None:
        raise NotFound(f"mail template [{name}] not found")
    require_role(call, template["roles"])
    parameters = json_nodes.map_(params)
    context = templating.context_of(call.world, call.caller.backend, template["model"], parameters)
    return providers.send(call, settings, templating.render(template, context, call.options))


def mail_settings(call: Call[Caller, Options]) -> dict[str, Any]:
    """The backend's mail settings."""
    return stored_settings.load(call.world, call.caller.backend, "mail")


def _list(value: str | None) -> tuple[str, ...] | None:
    return None if value is None else (value,)
