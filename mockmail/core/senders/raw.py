"""Messages that an application composed itself, for vendors that take them: read recipients, change headers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from mockmail.core.mail import mime
from mockmail.core.mail.compose import header_line
from mockmail.core.senders.records import Recipient, RecipientKind

_FIELD = re.compile(rb"([!-9;-~]+):[^\n]*\n?(?:[ \t][^\n]*\n?)*")
_KINDS: tuple[tuple[str, RecipientKind], ...] = (("To", "to"), ("Cc", "cc"), ("Bcc", "bcc"))


def recipients_of(raw: bytes) -> list[Recipient]:
    """Return the recipients that the headers To, Cc and Bcc name, in this order."""
    headers = mime.headers(raw)
    return [
        Recipient(address=address, name=name, kind=kind)
        for header, kind in _KINDS
        for name, address in mime.mailboxes(headers.undecoded(header))
    ]


def with_headers(raw: bytes, *, removed: Collection[str] = (), added: Mapping[str, str] | None = None) -> bytes:
    """Return a message without some headers, and with others at its beginning; names are case-insensitive.

    `removed=["Bcc"]` for every message of this kind. A message that begins with its body gets an empty line before it.
    Raise HeadTooLong.
    """
    end = mime.end_of_head(raw, 0, min(len(raw), mime.HEAD_LIMIT))
    names = {name.lower().encode() for name in (*removed, *(added or ()))}
    kept = [found[0] for found in _FIELD.finditer(raw, 0, end) if found[1].lower() not in names]
    new = [header_line(name, value).encode() for name, value in (added or {}).items()]
    head, rest = b"".join((*new, *kept)), raw[end:]
    if head and not head.endswith((b"\r", b"\n")):
        head += b"\r\n"
    return head + (rest if rest.startswith((b"\r", b"\n")) else b"\r\n" + rest)
