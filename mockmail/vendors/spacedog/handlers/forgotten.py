"""`/1/credentials/forgotPassword`: a mail with a code to set another password (docs/wire/spacedog.md 8)."""

from __future__ import annotations

from dataclasses import replace

from mockmail.core.mail.outgoing import Outcome, Send
from mockmail.core.vendor import Call
from mockmail.vendors.spacedog import templating
from mockmail.vendors.spacedog.access import Caller
from mockmail.vendors.spacedog.answer import Answer, success
from mockmail.vendors.spacedog.bodies import JsonBody
from mockmail.vendors.spacedog.errors import IllegalArgument, NotFound
from mockmail.vendors.spacedog.handlers import json_nodes, mail, providers
from mockmail.vendors.spacedog.handlers.credentials_views import touched
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import VENDOR, Credentials

TEMPLATE = "forgotPassword"


def send(call: Call[Caller, Options], params: JsonBody) -> Send | Answer:
    """Mail a new code to a user, by the template `forgotPassword`, whose roles do not count.

    What Mailgun answers does not count either; an SMTP server that fails does.
    """
    parameters = json_nodes.map_(params)
    if parameters.get("username") is None:
        raise IllegalArgument("[username] is null")
    user = _user(call, json_nodes.as_text(parameters["username"]))
    settings = mail.mail_settings(call)
    template = (settings["templates"] or {}).get(TEMPLATE)
    if template is None:
        raise IllegalArgument("no [forgotPassword] mail template in mail settings")
    model = {**(template["model"] or {}), "username": "string"}
    context = templating.context_of(call.world, call.caller.backend, model, parameters)
    code = call.world.ids.uuid()
    touched(call.world, user, passwordResetCode=code)
    variables = {**context, "to": user.email, "credentialsId": user.id, "passwordResetCode": code}
    sent = providers.send(call, settings, templating.render(template, variables, call.options))
    return _without_answer(sent) if isinstance(sent, Send) else success()


def _user(call: Call[Caller, Options], username: str) -> Credentials:
    backend = call.caller.backend
    user = call.world.store.records(VENDOR, Credentials).first("name", (backend, username))
    if user is None:
        raise NotFound(f"[credentials][{username}] not found in backend [{backend}]")
    if not user.email:
        raise IllegalArgument(f"no email found in credentials [{user.level}][{user.username}]")
    return user


def _without_answer(sent: Send) -> Send:
    def then(outcome: Outcome) -> Answer:
        sent.then(outcome)
        return success()

    return replace(sent, then=then)
