"""`/_mockmail/smtp`: how the SMTP server treats clients, and vendors that send through a relay."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, field

from mockmail.control.route import ControlRequest, ControlResponse, Fields, route
from mockmail.core.smtp_behaviour import SmtpBehaviour


class SmtpRules(Fields, frozen=True, kw_only=True):
    """The rules of the SMTP server."""

    accounts: Annotated[
        dict[str, str] | None, Meta(description="an object of user names and passwords that AUTH accepts; null for any")
    ] = None
    require_auth: Annotated[bool, Meta(description="true to refuse mail without AUTH")] = False
    refused_senders: Annotated[
        list[str], Meta(description="patterns (`*@example.com`) of addresses that MAIL FROM refuses")
    ] = field(default_factory=list)
    refused_recipients: Annotated[list[str], Meta(description="patterns of addresses that RCPT TO refuses")] = field(
        default_factory=list
    )
    starttls: Annotated[bool, Meta(description="true to offer STARTTLS on a vendor's relay")] = True
    unreachable: Annotated[
        list[str], Meta(description="patterns (`mail.example.com:*`) of relays that cannot be reached")
    ] = field(default_factory=list)


@route("GET", "smtp", responses={200: "The rules; passwords are masked."}, returns=SmtpRules)
async def show_smtp(request: ControlRequest) -> ControlResponse:
    """Show the rules, with passwords masked."""
    return _show(request.world.smtp)


@route(
    "PUT",
    "smtp",
    body=SmtpRules,
    responses={200: "The new rules.", 400: "The rules are invalid; `error` says why."},
    returns=SmtpRules,
    example={"refused_recipients": ["*@bad.example"]},
)
async def replace_smtp(request: ControlRequest) -> ControlResponse:
    """Replace the rules; omitted fields get their defaults."""
    request.world.smtp = SmtpBehaviour(**msgspec.structs.asdict(request.body))
    return _show(request.world.smtp)


def _show(behaviour: SmtpBehaviour) -> ControlResponse:
    rules = SmtpRules.of(behaviour)
    if rules.accounts is not None:
        rules = msgspec.structs.replace(rules, accounts=dict.fromkeys(rules.accounts, "***"))
    return ControlResponse(rules)


ROUTES = (show_smtp, replace_smtp)
