"""Which service sends a backend's mail: its own SMTP server, its own Mailgun account, or the platform's.

services/.../MailResource.java; docs/wire/spacedog.md 6.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockmail.core.mail.outgoing import Send
from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.access import Caller
from mockmail.vendors.spacedog.answer import Answer
from mockmail.vendors.spacedog.errors import IllegalArgument
from mockmail.vendors.spacedog.handlers import mailgun, smtp
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.outgoing import Mail

FOOTER = (
    "This is an automatic email sent by the [{}] application.",
    "Contact your administrator for more information.",
)


def send(call: Call[Caller, Options], settings: dict[str, Any], mail: Mail) -> Send | Answer:
    """Send a mail as the mail settings say: by SMTP if that is set, else by Mailgun, else by the platform."""
    if settings["smtp"] is not None:
        return smtp.send(call, settings["smtp"], mail)
    if settings["mailgun"] is not None:
        account = settings["mailgun"]
        return mailgun.send(call, mailgun.Account(account["domain"], account["key"]), mail)
    return _by_platform(call, mail)


def _by_platform(call: Call[Caller, Options], mail: Mail) -> Send | Answer:
    """The platform's own account: the sender is not the caller's to choose, and a footer names the backend."""
    options: Options = call.options
    name = call.caller.backend.upper()
    mail = replace(
        mail,
        sender=f"{name} <no-reply@{options.mail_domain}>",
        text=_text_with_footer(mail.text, name) if mail.text else mail.text,
        html=_html_with_footer(mail.html, name) if mail.html else mail.html,
    )
    return mailgun.send(call, mailgun.Account(options.mail_domain, platform=True), mail)


def _text_with_footer(text: str, backend: str) -> str:
    return "\n".join((text, "", "---", FOOTER[0].format(backend), FOOTER[1]))


def _html_with_footer(html: str, backend: str) -> str:
    head, end, _ = html.rpartition("</html>")
    if not end:
        raise IllegalArgument("no html end tag")
    return f"{head}<p><p>---<p>{FOOTER[0].format(backend)}<p>{FOOTER[1]}</html>"
