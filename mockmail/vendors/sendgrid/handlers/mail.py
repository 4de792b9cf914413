"""`POST /v3/mail/send`: one message for each personalization (docs/wire/sendgrid.md 4)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.batch import submit_each
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.checking import check
from mockmail.vendors.sendgrid.composing import Composer
from mockmail.vendors.sendgrid.parameters import Mail
from mockmail.wire.json_dialect import JsonResponse

CORS = (
    ("Access-Control-Allow-Origin", "https://sendgrid.api-docs.io"),
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, On-behalf-of, x-sg-elas-acl"),
    ("Access-Control-Max-Age", "600"),
    ("X-No-CORS-Reason", "https://sendgrid.com/docs/Classroom/Basics/API/cors.html"),
    ("Strict-Transport-Security", "max-age=600; includeSubDomains"),
)
"""The headers of each response to a message."""


def send(call: SendGridCall, params: Mail) -> Any:
    """Send messages to the recipients of each personalization; in sandbox mode, only check them."""
    check(call, params)
    composer = Composer(call, params)
    sandbox = params.mail_settings.sandbox_mode
    if sandbox is not None and sandbox.enable:
        return JsonResponse(None, 200, CORS)
    accepted = JsonResponse(None, 202, (("X-Message-Id", composer.request), *CORS))
    numbers = range(len(params.personalizations))
    return submit_each(call, numbers, composer.prepare, respond=lambda _: accepted, at_once=composer.at_once)
