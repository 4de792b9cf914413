"""SendGrid's operations, and what is not served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.sendgrid.authentication import MAIL_SEND
from mockmail.vendors.sendgrid.handlers import mail
from mockmail.vendors.sendgrid.parameters import Mail


def _operation(
    name: str, request: str, handler: Callable[..., Any], section: int, params: Any = None, **more: Any
) -> Operation:
    method, _, path = request.partition(" ")
    return Operation(
        name=name,
        methods=(method,),
        path=f"/v3{path}",
        handler=handler,
        params=params,
        source=f"docs/wire/sendgrid.md {section}",
        **more,
    )


OPERATIONS = (
    Operation(
        name="mail.send",
        methods=("POST",),
        path="/v3/mail/send",
        handler=mail.send,
        params=Mail,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/sendgrid.md 4 (any, kd, obs)",
        requires=MAIL_SEND,
    ),
)

NOT_EMULATED: tuple[NotEmulated, ...] = ()
