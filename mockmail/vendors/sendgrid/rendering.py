"""SendGrid's templates: Handlebars with its own helpers, legacy ones, substitutions (docs/wire/sendgrid.md 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mockmail.core.senders.records import TemplateVersion
from mockmail.core.senders.templates import LARGEST_OUTPUT, Renderer, TemplateError, TemplateRules, is_truthy, text_of

MOST_SEARCHED = 10_000_000
"""The most characters of a message that are searched for its substitutions, all keys together."""

SEARCHED_EACH = 250
"""What a search counts besides the characters, as it costs as much."""

_TOKENS = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|DD|D|HH|H|hh|h|mm|m|ss|s|A|a|ZZ")
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
LONGEST_FORMAT = 100


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(text_of(value))
    except ValueError:
        return None


def _compares(arguments: Sequence[Any], is_greater: bool) -> bool:
    first, second = (_number(value) for value in (*arguments, None, None)[:2])
    if first is None or second is None:
        return False
    return first > second if is_greater else first < second


def _equals(arguments: Sequence[Any]) -> bool:
    first, second = (text_of(value) for value in (*arguments, None, None)[:2])
    return first == second


def _insert(arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    value, default = (*arguments, None, None)[:2]
    return text_of(default).removeprefix("default=") if value is None or value == "" else value


def _length(arguments: Sequence[Any], named: Mapping[str, Any]) -> int:
    value = arguments[0] if arguments else None
    return len(value) if isinstance(value, str | list | dict) else 0


def _format_date(arguments: Sequence[Any], named: Mapping[str, Any]) -> str:
    value, pattern, offset = (text_of(each) for each in (*arguments, None, None, None)[:3])
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    at = at.replace(tzinfo=at.tzinfo or UTC)
    shift = _OFFSET.fullmatch(offset)
    try:
        if shift is not None:
            delta = timedelta(hours=int(shift[2]), minutes=int(shift[3]))
            at = at.astimezone(UTC) + (-delta if shift[1] == "-" else delta)
    except OverflowError:
        return value
    return _TOKENS.sub(lambda token: _date_part(at, token[0]), pattern[:LONGEST_FORMAT])


def _date_part(at: datetime, token: str) -> str:
    parts = {
        "YYYY": f"{at.year:04}", "YY": f"{at.year % 100:02}", "MMMM": f"{at:%B}", "MMM": f"{at:%b}",
        "MM": f"{at.month:02}", "M": f"{at.month}", "DDDD": f"{at:%A}", "DDD": f"{at:%a}", "DD": f"{at.day:02}",
        "D": f"{at.day}", "HH": f"{at.hour:02}", "H": f"{at.hour}", "hh": f"{at.hour % 12 or 12:02}",
        "h": f"{at.hour % 12 or 12}", "mm": f"{at.minute:02}", "m": f"{at.minute}", "ss": f"{at.second:02}",
        "s": f"{at.second}", "A": f"{at:%p}", "a": f"{at:%p}".lower(), "ZZ": f"{at:%z}",
    }  # fmt: skip
    return parts[token]


RULES = TemplateRules(
    conditions={
        "equals": _equals,
        "notEquals": lambda arguments: not _equals(arguments),
        "greaterThan": lambda arguments: _compares(arguments, is_greater=True),
        "lessThan": lambda arguments: _compares(arguments, is_greater=False),
        "and": lambda arguments: all(map(is_truthy, arguments)),
        "or": lambda arguments: any(map(is_truthy, arguments)),
    },
    functions={"insert": _insert, "length": _length, "formatDate": _format_date},
)


class Text:
    """The texts of one message. Raises TemplateError for a broken template, or one over a bound."""

    def __init__(self, subject: str, text: str | None, html: str | None) -> None:
        self.subject = subject
        self.text = text
        self.html = html

    def render(self, renderer: Renderer, version: TemplateVersion, data: Mapping[str, Any]) -> None:
        """Take the content of a dynamic template."""
        self.subject = renderer.render(version.subject, data, html=False) or self.subject
        self.text = None if version.text is None else renderer.render(version.text, data, html=False) or None
        self.html = None if version.html is None else renderer.render(version.html, data, html=True) or None

    def enclose(self, version: TemplateVersion) -> None:
        """Take the content of a legacy template, with the request's in place of `<%body%>`."""
        self.subject = _enclosed(version.subject, "<%subject%>", self.subject) or ""
        self.text = _enclosed(version.text, "<%body%>", self.text)
        self.html = _enclosed(version.html, "<%body%>", self.html)


def _enclosed(source: str | None, tag: str, content: str | None) -> str | None:
    if not source:
        return content
    if len(source) + source.count(tag) * len(content or "") > LARGEST_OUTPUT:
        raise TemplateError(f"the template makes more than {LARGEST_OUTPUT} characters")
    return source.replace(tag, content or "")


class Substitutions:
    """The substitutions of one message: each key is replaced by its value, in which sections are replaced first."""

    def __init__(self, substitutions: Mapping[str, str] | None, sections: Mapping[str, str] | None) -> None:
        self._searched = self._size = 0
        self._values: dict[str, str] = {}
        pairs = [(key, value) for key, value in (sections or {}).items() if key]
        self._values = {key: self._replaced(value, pairs) for key, value in (substitutions or {}).items() if key}

    def apply(self, text: str) -> str:
        """Return a text with its values. Raise TemplateError over a bound."""
        return self._replaced(text, self._values.items()) if self._values else text

    def _replaced(self, text: str, pairs: Any) -> str:
        for key, value in pairs:
            self._searched += len(text) + SEARCHED_EACH
            found = text.count(key)
            self._size += found * len(value)
            if self._searched > MOST_SEARCHED or self._size > LARGEST_OUTPUT:
                raise TemplateError("the substitutions of a message take too many steps or make too many characters")
            if found:
                text = text.replace(key, value)
        return text
