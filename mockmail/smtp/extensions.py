"""Extend aiosmtpd's SMTP: add enhanced status codes to replies, and accept the parameters of DSN."""

from __future__ import annotations

import re
from collections.abc import Sequence

KEYWORDS = ("PIPELINING", "DSN", "ENHANCEDSTATUSCODES")
"""The keywords of EHLO (RFC 2920, RFC 3461, RFC 2034), besides aiosmtpd's own."""

COMMAND_BYTES = {"MAIL": 512 + 107, "RCPT": 512 + 500}
"""The most bytes of a command with the parameters of DSN (RFC 3461, 4)."""

# The greeting, and the replies to EHLO and HELO, have no enhanced status code.
_WITHOUT_STATUS = re.compile(r"([245])\d\d (?!\1\.\d{1,3}\.\d{1,3} |mockmail\b|HELP$)")
_STATUS = {
    "421": "4.3.2",
    "454": "4.7.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "504": "5.5.4",
    "530": "5.7.0",
    "552": "5.3.4",
    "555": "5.5.4",
}
_TEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2}){1,%d}"
_OF_SENDER = {"RET": re.compile("FULL|HDRS"), "ENVID": re.compile(_TEXT % 100)}
_OF_RECIPIENT = {
    "NOTIFY": re.compile("NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2}"),
    "ORCPT": re.compile(r"[A-Z0-9-]{1,40};(?:[!-*,-<>-~]|\+[0-9A-F]{2}|[^\x00-\x7f]){1,500}"),
}


def with_status(reply: str) -> str:
    """Return a reply with an enhanced status code. A reply that has one, or must not have one, is unchanged."""
    if not _WITHOUT_STATUS.match(reply):
        return reply
    return f"{reply[:3]} {_STATUS.get(reply[:3], f'{reply[0]}.0.0')} {reply[4:]}"


def without_dsn(parameters: Sequence[str], *, of_recipient: bool) -> list[str] | None:
    """Return the upper-cased parameters of MAIL or RCPT that are not those of DSN; None if one of DSN is broken."""
    patterns = _OF_RECIPIENT if of_recipient else _OF_SENDER
    others: list[str] = []
    seen: set[str] = set()
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name not in patterns:
            others.append(parameter)
        elif name in seen or not patterns[name].fullmatch(value):
            return None
        else:
            seen.add(name)
    return others
