"""`/_mockmail/smtp`: how the SMTP server behaves, towards clients and towards vendors that send through a relay."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route, checked_body
from mockmail.core.errors import Problem
from mockmail.core.smtp_behaviour import SmtpBehaviour

_RULES = (
    Parameter(name="accounts", help="user names and passwords that AUTH takes; null takes any", kind="object"),
    Parameter(name="require_auth", help="no mail without AUTH", kind="boolean", default=False),
    Parameter(name="refused_senders", help="patterns (`*@example.com`) that MAIL FROM turns down", kind="array"),
    Parameter(name="refused_recipients", help="patterns that RCPT TO turns down", kind="array"),
    Parameter(name="starttls", help="whether a vendor's relay offers it", kind="boolean", default=True),
    Parameter(name="unreachable", help="patterns (`mail.example.com:*`) of relays out of reach", kind="array"),
)
_LISTS = ("refused_senders", "refused_recipients", "unreachable")


async def show_smtp(ask: ControlRequest) -> ControlResponse:
    """The rules in force; passwords masked."""
    rules = asdict(ask.world.smtp)
    if rules["accounts"] is not None:
        rules["accounts"] = dict.fromkeys(rules["accounts"], "***")
    return ControlResponse(rules)


async def replace_smtp(ask: ControlRequest) -> ControlResponse:
    """Put rules in force; what is left out is as it is at first."""
    ask.world.smtp = SmtpBehaviour(**_checked(checked_body(ask.json(), _RULES)))
    return await show_smtp(ask)


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    rules = {name: value for name, value in body.items() if value is not None}
    for name in _LISTS:
        if not all(isinstance(pattern, str) for pattern in rules.get(name, ())):
            raise Problem(400, f"{name} must be an array of strings")
    if not all(isinstance(password, str) for password in rules.get("accounts", {}).values()):
        raise Problem(400, "accounts must be an object of user names and passwords")
    return rules


ROUTES = (
    Route(method="GET", path="smtp", handler=show_smtp, summary="How the SMTP server behaves."),
    Route(
        method="PUT",
        path="smtp",
        handler=replace_smtp,
        summary="Let the SMTP server turn down logins, senders or recipients, offer no STARTTLS, or be out of reach.",
        body=_RULES,
        answers={200: "The rules in force.", 400: "They do not fit."},
    ),
)
