"""Translate Mailpit's search syntax to mockmail's search."""

from __future__ import annotations

import re

from mockmail.compat.call import Call, message_of
from mockmail.core.errors import Problem
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.grammar import fields
from mockmail.core.mail.message import Message
from mockmail.server.slices import search_in_slices

FIELDS = tuple(fields())
"""The fields that a search of mockmail has."""

_TERM = re.compile(r"""([-!]?)(?:([A-Za-z-]+):(?!//))?("[^"]*"?|[^\s"]\S*)?""")

MOST_TERMS = 100
"""The most terms of a query."""

LONGEST_QUERY = 8000
"""The most characters of a query."""

LATEST = "latest"
"""Stands for the id of the newest message."""


async def search(call: Call, query: str) -> list[int]:
    """Return the cursors of all messages that match a query, newest first. Raise as `parse` does."""
    mail = call.world.mail
    return await search_in_slices(mail, parse(query), call.turns, limit=len(mail), newest_first=True)


def parse(query: str) -> Criteria:
    """Return the criteria that a query of Mailpit describes. Raise Problem (400) for a term that cannot be searched."""
    terms = []
    if len(query) > LONGEST_QUERY:
        raise Problem(400, f"a query has at most {LONGEST_QUERY} characters, not {len(query)}")
    found = [term for term in _TERM.finditer(query) if term[0]]
    if len(found) > MOST_TERMS:
        raise Problem(400, f"a query has at most {MOST_TERMS} terms, not {len(found)}")
    for term in found:
        sign, field, value = term[1], (term[2] or "").lower(), (term[3] or "").strip('"')
        if field and field not in FIELDS:
            raise Problem(
                400,
                f"{field!r} at character {term.start() + 1} is not a field of a search here, which has"
                f" {', '.join(FIELDS)}; write quotes around words that have a colon",
            )
        if field and not value:
            raise Problem(400, f"{field}: at character {term.start() + 1} has no value")
        if '"' in value:
            raise Problem(400, f"the quote inside {value[:80]!r} has no meaning: put quotes around a whole value")
        if value:
            prefix = f"{field}:" if field else ""
            terms.append(f'{"-" if sign else ""}{prefix}"{value}"')
    return Criteria(query=" ".join(terms))


async def named_message(call: Call) -> Message:
    """Return the message that the path names; for `latest` the newest one, or the newest that matches a query.

    Raise Problem (404).
    """
    if call.path["id"] != LATEST:
        return message_of(call)
    mail = call.world.mail
    found = await search_in_slices(mail, parse(call.query.get("query", "")), call.turns, limit=1, newest_first=True)
    message = mail.at(found[0]) if found else None
    if message is None:
        raise Problem(404, "Message not found")
    return message
