"""Brevo's operations, and what is not served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.brevo.handlers import account, emails
from mockmail.vendors.brevo.parameters import Email


def _operation(
    name: str, request: str, handler: Callable[..., Any], source: str, params: Any = None, **more: Any
) -> Operation:
    """Return an operation. source: the section of the notes, and in parentheses what confirms it."""
    method, _, path = request.partition(" ")
    return Operation(
        name=name,
        methods=(method,),
        path=f"/v3{path}",
        handler=handler,
        params=params,
        evidence=Evidence.CONFIRMED,
        source=f"docs/wire/brevo.md {source}",
        **more,
    )


OPERATIONS = (
    _operation("email.send", "POST /smtp/email", emails.send, "3 (sdk, any)", Email),
    _operation("account.show", "GET /account", account.show, "6 (sdk)"),
)

NOT_EMULATED: tuple[NotEmulated, ...] = ()
