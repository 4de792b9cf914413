"""Read the mailboxes of vendors that take `address` or `Name <address>`, one in a text."""

from __future__ import annotations

import re

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import Mailbox
from mockmail.core.mail.encoded_words import decode_words

_NAMED = re.compile(r"(.*)<([^<>]*)>", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_mailbox(text: str) -> Mailbox:
    """Return the mailbox that a text names: `jane@example.com`, `Jane <jane@example.com>` or `"Doe, Jane" <...>`.

    A comma belongs to the name, quoted or not; encoded words are decoded. The domain must have a dot.
    Raise NotAnAddress.
    """
    name, address = "", text
    named = _NAMED.fullmatch(text.strip())
    if named is not None:
        name, address = named[1].strip(), named[2]
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = _ESCAPED.sub(r"\1", name[1:-1])
    address = validate_address(address)
    if "." not in address.rpartition("@")[2]:
        raise NotAnAddress(text)
    return Mailbox(address, decode_words(name))
