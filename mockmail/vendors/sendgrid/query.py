"""SendGrid's query language for messages: comparisons with AND and OR (docs/wire/sendgrid.md 8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.errors import SendGridError

FIELDS = frozenset({
    "from_email", "to_email", "subject", "status", "msg_id", "sg_message_id", "template_id", "asm_group_id",
    "api_key_id", "categories", "last_event_time",
})  # fmt: skip

_TERM = re.compile(
    r'\s*(\w+)\s*(?:(!=|=|NOT\s+LIKE\b|LIKE\b)\s*("[^"]*"|[0-9]+)'
    r'|BETWEEN\s+TIMESTAMP\s*"([^"]*)"\s+AND\s+TIMESTAMP\s*"([^"]*)"|IN\s*\(([^)]*)\))\s*(AND\b|OR\b|$)',
    re.IGNORECASE,
)
_TEXT = re.compile(r'"([^"]*)"|([0-9]+)')
_SPECIAL = re.compile(r"[\[*?]")


class Query:
    """A query that was read. fields: those that it names. Raise SendGridError for one that cannot be read."""

    def __init__(self, text: str) -> None:
        self.fields: set[str] = set()
        self._choices: list[list[re.Match[str]]] = [[]]
        at = 0
        while at < len(text.rstrip()):
            term = _TERM.match(text, at)
            if term is None:
                raise SendGridError(f"invalid syntax: '{text[at : at + 80].strip()}' is not a comparison", "query")
            if term[1].lower() not in FIELDS:
                raise SendGridError(f"invalid syntax: '{term[1]:.80}' is not a known field")
            self.fields.add(term[1].lower())
            self._choices[-1].append(term)
            if term[4] is not None and None in (_at(term[4]), _at(term[5])):
                raise SendGridError(f"invalid syntax: '{term[0].strip():.200}' has no timestamp", "query")
            if term[7].upper() == "OR":
                self._choices.append([])
            at = term.end()
            if term[7] and not text[at:].strip():
                raise SendGridError("invalid syntax: the query ends in an operator", "query")

    @property
    def is_empty(self) -> bool:
        """Return whether it finds everything."""
        return not self.fields

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Return whether a row has the values that the query asks for."""
        return any(all(_fits(term, values) for term in terms) for terms in self._choices)


def _fits(term: re.Match[str], values: Mapping[str, Any]) -> bool:
    field = term[1].lower()
    value = values.get(field)
    if term[4] is not None:
        first, last = _at(term[4]), _at(term[5])
        return first is not None and last is not None and first <= read_timestamp(str(value)) <= last
    found = [str(each).lower() for each in (value if isinstance(value, list) else [value])]
    if term[6] is not None:
        return any(text in found for text in (_text(match) for match in _TEXT.finditer(term[6])))
    wanted = term[3].strip('"').lower()
    operator = " ".join(term[2].upper().split())
    if operator.endswith("LIKE"):
        pattern = _SPECIAL.sub(lambda special: f"[{special[0]}]", wanted).replace("%", "*")
        return any(fnmatchcase(text, pattern) for text in found) != operator.startswith("NOT")
    return (wanted in found) == (operator == "=")


def _text(match: re.Match[str]) -> str:
    return (match[1] if match[1] is not None else match[2]).lower()


def _at(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)
