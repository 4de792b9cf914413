"""The values of `recipient-variables` in the messages of a batch (docs/wire/mailgun.md 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockmail.core.mail.compose import Mailbox
from mockmail.core.senders.templates import text_of
from mockmail.vendors.mailgun.errors import MailgunError

LARGEST_BATCH = 64 << 20
"""The most characters of all messages of a batch, after their values are filled in."""

_PLACEHOLDER = re.compile(r"%recipient(?:\.([^%\r\n]{1,200})|_(email|name|fname|lname))?%")


class Personalizer:
    """Fills in the values of each recipient of a request. variables: of each address in lower case."""

    def __init__(self, variables: Mapping[str, Mapping[str, Any]]) -> None:
        self._variables = variables
        self._split: dict[str, list[str | None]] = {}
        self._size = 0

    def fill(self, text: str, recipient: Mailbox) -> str:
        """Return a text with the values of a recipient; a value that there is not stays as it is written.

        Raise MailgunError for a batch that is too large.
        """
        pieces = self._split.get(text)
        if pieces is None:
            pieces = self._split[text] = _PLACEHOLDER.split(text)
        values = self._variables.get(recipient.address.lower(), {})
        filled = [pieces[0] or ""]
        for number in range(1, len(pieces), 3):
            filled += (_value(pieces[number], pieces[number + 1], values, recipient), pieces[number + 2] or "")
        self.count(sum(map(len, filled)))
        return "".join(filled)

    def count(self, size: int) -> None:
        """Count what a message of the batch needs. Raise MailgunError for a batch that is too large."""
        self._size += size
        if self._size > LARGEST_BATCH:
            raise MailgunError(f"The messages of a request may have {LARGEST_BATCH} characters together.", 413)


def _value(key: str | None, word: str | None, values: Mapping[str, Any], recipient: Mailbox) -> str:
    if key is not None:
        return text_of(values[key]) if key in values else f"%recipient.{key}%"
    first, _, last = recipient.name.partition(" ")
    words = {"email": recipient.address, "name": recipient.name, "fname": first, "lname": last}
    if word is not None:
        return words[word]
    return f"{recipient.name} <{recipient.address}>" if recipient.name else recipient.address
