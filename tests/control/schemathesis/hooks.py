"""What schemathesis needs to know about the control API."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.core import NotSet


@schemathesis.serializer("message/rfc822", "application/mbox", "application/zip")
def file_of_messages(context: Any, value: Any) -> bytes:
    """Send a value as the bytes of a file: every file is a message, few are a mailbox or a zip file."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Let no call wait: the default is five seconds, and a valid timeout may be ten minutes."""
    if not case.path.endswith("/wait"):
        return
    if isinstance(case.body, NotSet):
        case.body, case.media_type = {}, "application/json"
    if isinstance(case.body, dict):
        timeout = case.body.get("timeout", 5)
        if isinstance(timeout, int | float) and 0 <= timeout <= 600 and not isinstance(timeout, bool):
            case.body = {**case.body, "timeout": 0}
