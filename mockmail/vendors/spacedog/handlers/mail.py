"""`/1/mail`, `/1/mail/template/{name}` and `/1/credentials/forgotPassword`, which send mail.

services/.../MailResource.java, MailTemplateResource.java; docs/wire/spacedog.md 6 to 8.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from mockmail.core.mail.outgoing import Outcome, Send
from mockmail.vendors.spacedog import mailgun, settings, smtp, templating
from mockmail.vendors.spacedog.authentication import SpaceDogCall, require_level, require_role
from mockmail.vendors.spacedog.errors import IllegalArgument, MailgunRefusal, NotFound
from mockmail.vendors.spacedog.handlers.credentials import save_changes
from mockmail.vendors.spacedog.outgoing import Mail
from mockmail.vendors.spacedog.parameters import JsonBody, MailForm, as_text
from mockmail.vendors.spacedog.records import Credentials
from mockmail.vendors.spacedog.views import Result, success

FORGOT_PASSWORD = "forgotPassword"  # noqa: S105  # the name of a template


def send(call: SpaceDogCall, params: MailForm) -> Send:
    """Send a mail; each of to, cc and bcc is one text (docs/wire/spacedog.md 6)."""
    mail_settings = _settings(call)
    require_level(call, "USER" if mail_settings["enableUserFullAccess"] else "ADMIN")
    to, cc, bcc = ((params[name],) if name in params else None for name in ("to", "cc", "bcc"))
    mail = Mail(
        sender=params.get("from"),
        to=to,
        cc=cc,
        bcc=bcc,
        subject=params.get("subject"),
        text=params.get("text"),
        html=params.get("html"),
    )
    return _send(call, mail_settings, mail)


def send_template(call: SpaceDogCall, params: JsonBody) -> Send:
    """Send a mail from a template (docs/wire/spacedog.md 7)."""
    mail_settings = _settings(call)
    name = call.path["name"]
    template = (mail_settings["templates"] or {}).get(name)
    if template is None:
        raise NotFound(f"mail template [{name}] not found")
    require_role(call, template["roles"])
    parameters = params.checked_map()
    context = templating.context_of(call, template["model"], parameters)
    return _send(call, mail_settings, templating.render(template, context, call.options))


def forgot_password(call: SpaceDogCall, params: JsonBody) -> Send | Result:
    """Mail a user a code to set a password with (docs/wire/spacedog.md 8).

    The template's roles and Mailgun's response are ignored; a failure of an SMTP server is not.
    """
    parameters = params.checked_map()
    if parameters.get("username") is None:
        raise IllegalArgument("[username] is null")
    user = _user_with_email(call, as_text(parameters["username"]))
    mail_settings = _settings(call)
    template = (mail_settings["templates"] or {}).get(FORGOT_PASSWORD)
    if template is None:
        raise IllegalArgument(f"no [{FORGOT_PASSWORD}] mail template in mail settings")
    model = {**(template["model"] or {}), "username": "string"}
    context = templating.context_of(call, model, parameters)
    code = call.world.ids.uuid()
    save_changes(call, user, passwordResetCode=code)
    variables = {**context, "to": user.email, "credentialsId": user.id, "passwordResetCode": code}
    mail = templating.render(template, variables, call.options)
    try:
        sent = _send(call, mail_settings, mail)
    except MailgunRefusal:  # before the mail is sent; `then` ignores one after it
        return success()

    def then(outcome: Outcome) -> Result:
        with suppress(MailgunRefusal):
            sent.then(outcome)
        return success()

    return replace(sent, then=then)


def _settings(call: SpaceDogCall) -> dict[str, Any]:
    return settings.load(call, call.caller.backend, "mail")


def _user_with_email(call: SpaceDogCall, username: str) -> Credentials:
    backend = call.caller.backend
    user = call.records(Credentials).first("name", (backend, username))
    if user is None:
        raise NotFound(f"[credentials][{username}] not found in backend [{backend}]")
    if not user.email:
        raise IllegalArgument(f"no email found in credentials [{user.level}][{user.username}]")
    return user


def _send(call: SpaceDogCall, mail_settings: dict[str, Any], mail: Mail) -> Send:
    if mail_settings["smtp"] is not None:
        return smtp.send(call, mail_settings["smtp"], mail)
    if mail_settings["mailgun"] is not None:
        return mailgun.send(call, mail_settings["mailgun"], mail)
    return _send_by_platform(call, mail)


def _send_by_platform(call: SpaceDogCall, mail: Mail) -> Send:
    name, domain = call.caller.backend.upper(), call.options.mail_domain
    footer = f"This is an automatic email sent by the [{name}] application."
    contact = "Contact your administrator for more information."
    text, html = mail.text, mail.html
    if text:
        text = f"{text}\n\n---\n{footer}\n{contact}"
    if html:
        head, end, _ = html.rpartition("</html>")
        if not end:
            raise IllegalArgument("no html end tag")
        html = f"{head}<p><p>---<p>{footer}<p>{contact}</html>"
    mail = replace(mail, sender=f"{name} <no-reply@{domain}>", text=text, html=html)
    return mailgun.send_by_domain(call, domain, mail)
