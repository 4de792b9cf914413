"""Mailpit's search syntax, in terms of mockmail's search and of the marks of messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mockmail.compat.call import Call, message_of
from mockmail.compat.marks import Marks
from mockmail.core.errors import Problem
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.grammar import fields
from mockmail.core.mail.message import Message
from mockmail.server.slices import search_in_slices

FIELDS = tuple(fields())
"""The fields that a search of mockmail has."""

MARKS = ("is", "tag")
"""The fields that the marks of messages answer."""

_TERM = re.compile(r"""([-!]?)(?:([A-Za-z-]+):(?!//))?("[^"]*"?|[^\s"]\S*)?""")

MOST_TERMS = 100
"""The most terms of a query."""

LONGEST_QUERY = 8000
"""The most characters of a query."""

LATEST = "latest"
"""Stands for the id of the newest message."""

Condition = Callable[[Marks, int], bool]


@dataclass(frozen=True, slots=True)
class Search:
    """A search. criteria: what mockmail looks up. conditions: on the marks of what it finds."""

    criteria: Criteria
    conditions: tuple[Condition, ...] = ()

    async def cursors(self, call: Call) -> list[int]:
        """Return the cursors of all messages that match, newest first."""
        mail, marks = call.world.mail, call.marks
        found = await search_in_slices(mail, self.criteria, call.turns, limit=len(mail), newest_first=True)
        return [cursor for cursor in found if all(condition(marks, cursor) for condition in self.conditions)]


def parse(query: str) -> Search:
    """Return the search that a query of Mailpit describes. Raise Problem (400) for a term that cannot be searched."""
    terms, conditions = [], []
    if len(query) > LONGEST_QUERY:
        raise Problem(400, f"a query has at most {LONGEST_QUERY} characters, not {len(query)}")
    found = [term for term in _TERM.finditer(query) if term[0]]
    if len(found) > MOST_TERMS:
        raise Problem(400, f"a query has at most {MOST_TERMS} terms, not {len(found)}")
    for term in found:
        sign, field, value = term[1], (term[2] or "").lower(), (term[3] or "").strip('"')
        if field in MARKS:
            conditions.append(_condition(field, value, is_negated=bool(sign)))
        elif field and field not in FIELDS:
            raise Problem(
                400,
                f"{field!r} at character {term.start() + 1} is not a field of a search here, which has"
                f" {', '.join(FIELDS + MARKS)}; write quotes around words that have a colon",
            )
        elif field and not value:
            raise Problem(400, f"{field}: at character {term.start() + 1} has no value")
        elif '"' in value:
            raise Problem(400, f"the quote inside {value[:80]!r} has no meaning: put quotes around a whole value")
        elif value:
            terms.append(f'{"-" if sign else ""}{f"{field}:" if field else ""}"{value}"')
    return Search(Criteria(query=" ".join(terms)), tuple(conditions))


async def named_message(call: Call) -> Message:
    """Return the message that the path names, `latest` for the newest one, of a search if there is a query.

    Raise Problem (404).
    """
    if call.path["id"] != LATEST:
        return message_of(call)
    mail = call.world.mail
    search = parse(call.query.get("query", ""))
    is_all = not search.conditions and not search.criteria.query
    found = [mail.last] if is_all and mail.has(mail.last) else await search.cursors(call)
    message = mail.at(found[0]) if found else None
    if message is None:
        raise Problem(404, "Message not found")
    return message


def _condition(field: str, value: str, *, is_negated: bool) -> Condition:
    if field == "tag":
        return lambda marks, cursor: marks.has_tag(cursor, value) != is_negated
    match value.lower():
        case "read":
            return lambda marks, cursor: (cursor in marks.read) != is_negated
        case "unread":
            return lambda marks, cursor: (cursor in marks.read) == is_negated
        case "tagged":
            return lambda marks, cursor: (cursor in marks.tags) != is_negated
    raise Problem(400, f"is: must be read, unread or tagged, not {value[:80]!r}")
