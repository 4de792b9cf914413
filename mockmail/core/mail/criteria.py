"""Search criteria: the conditions on a message, named as the arguments in Python and over HTTP are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mockmail.core.errors import is_mistake
from mockmail.core.mail.grammar import parse_query, term_of
from mockmail.core.mail.terms import Group, Node

__tracebackhide__ = is_mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The conditions of a search: a message must meet all. Raise InvalidValue or InvalidQuery for a broken condition.

    to, sender: a whole address, or a part that has no `@` or begins with it (`jane`, `@example.com`). `to` is compared
        with the envelope's recipients, To and Cc; `sender` with MAIL FROM and From. Both forms of a non-ASCII
        domain match. A part may also be a part of a display name.
    subject: a part of the subject, case-insensitive.
    text: consecutive words of the subject, the addresses, a body, or the names of the attachments.
    query: a query of the grammar in `grammar.py`.
    after, before: cursors; only messages that arrived after the one and before the other match. 0 is no cursor.
    """

    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    text: str | None = None
    query: str | None = None
    after: int = 0
    before: int = 0
    _conditions: tuple[Node, ...] = field(init=False, repr=False, compare=False)
    _is_relative: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the conditions."""
        given = {"to": self.to, "from": self.sender, "subject": self.subject, "text": self.text}
        terms = [term_of(name, value) for name, value in given.items() if value]
        node = parse_query(self.query or "")
        conditions = tuple(dict.fromkeys([*terms, *(() if node is None else node.conjuncts())]))
        object.__setattr__(self, "_conditions", conditions)
        object.__setattr__(self, "_is_relative", any(leaf.field == "ago" for leaf in Group(conditions).leaves()))

    def __str__(self) -> str:
        names = (("to", self.to), ("from", self.sender), ("subject", self.subject), ("text", self.text))
        terms = [f"{name}={value!r}" for name, value in (*names, ("query", self.query)) if value]
        return ", ".join(terms) or "anything"

    def conditions(self, now: datetime) -> tuple[Node, ...]:
        """Return the conditions on a message; durations in the query are counted back from `now`."""
        return tuple(node.at(now) for node in self._conditions) if self._is_relative else self._conditions
