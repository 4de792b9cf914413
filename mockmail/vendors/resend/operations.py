"""Resend's operations, and what is not served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.resend.authentication import FULL_ACCESS
from mockmail.vendors.resend.handlers import emails
from mockmail.vendors.resend.parameters import Email

CLIENTS = "resend/resend-node, resend/resend-openapi"


def _operation(name: str, request: str, handler: Callable[..., Any], section: int, params: Any = None) -> Operation:
    method, _, path = request.partition(" ")
    return Operation(
        name=name,
        methods=(method,),
        path=path,
        handler=handler,
        params=params,
        evidence=Evidence.CONFIRMED,
        source=f"{CLIENTS}; docs/wire/resend.md {section}",
        requires=None if name in ("email.send", "email.send_batch") else FULL_ACCESS,
    )


OPERATIONS = (
    _operation("email.send", "POST /emails", emails.send, 3, Email),
    _operation("email.send_batch", "POST /emails/batch", emails.send_batch, 4, list),
)

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=path, reason=reason)
    for name, path, reason in (("contact", "/contacts", "it is for marketing mail, which needs no test double"),)
)
