"""The values of `recipient-variables` in the messages of a batch (docs/wire/mailgun.md 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockmail.core.mail.compose import Mailbox
from mockmail.core.senders.batch import LARGEST_BATCH
from mockmail.core.senders.templates import text_of
from mockmail.vendors.mailgun.errors import MailgunError

COST = 50
"""The characters that a place for a value counts as, because it takes time."""

RECIPIENT_COST = 2000
"""The characters that a recipient of a message counts as, because it has events."""

_PLACE = re.compile(r"(%recipient(?:\.[^%\r\n]{1,200}|_email|_name|_fname|_lname)?%)")


class Personalizer:
    """Fills in the values of each recipient of a request. variables: of each address in lower case."""

    def __init__(self, variables: Mapping[str, Mapping[str, Any]]) -> None:
        self._variables = variables
        self._split: dict[str, list[str]] = {}
        self._size = 0

    def fill(self, text: str, recipient: Mailbox) -> str:
        """Return a text with the values of a recipient; a value that there is not stays as it is written.

        Raise MailgunError for a batch that is too large.
        """
        if "%recipient" not in text:
            return text
        pieces = self._split.get(text)
        if pieces is None:
            pieces = self._split[text] = _PLACE.split(text)
        values = self._variables.get(recipient.address.lower(), {})
        found = {place: _value(place, values, recipient) for place in set(pieces[1::2])}
        filled = pieces.copy()
        filled[1::2] = [found[place] for place in pieces[1::2]]
        self.count(sum(map(len, filled)) + COST * len(filled))
        return "".join(filled)

    def count(self, size: int) -> None:
        """Count what a message of the batch needs. Raise MailgunError for a batch that is too large."""
        self._size += size
        if self._size > LARGEST_BATCH:
            raise MailgunError(f"The messages of a request may have {LARGEST_BATCH} characters together.", 413)


def _value(place: str, values: Mapping[str, Any], recipient: Mailbox) -> str:
    name = place.strip("%").removeprefix("recipient")
    if name.startswith("."):
        return text_of(values[name[1:]]) if name[1:] in values else place
    if not name:
        return f"{recipient.name} <{recipient.address}>" if recipient.name else recipient.address
    first, _, last = recipient.name.partition(" ")
    return {"_email": recipient.address, "_name": recipient.name, "_fname": first, "_lname": last}[name]
