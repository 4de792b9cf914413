"""The content of templates: `{{{KEY}}}` stands for the value of a variable (docs/wire/resend.md 6).

Resend has no blocks and no helpers, so that every other brace is sent as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockmail.core.senders.records import Template, TemplateVersion
from mockmail.core.senders.templates import LARGEST_OUTPUT, text_of
from mockmail.vendors.resend.errors import ResendError
from mockmail.vendors.resend.parameters import Email, Variable

MOST_VARIABLES = 50
RESERVED = frozenset({"FIRST_NAME", "LAST_NAME", "EMAIL", "UNSUBSCRIBE_URL", "contact", "this"})
TYPES: dict[str, tuple[type[Any], ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
}
"""The types of the values of each type of variable."""

_KEY = re.compile(r"[A-Za-z0-9_]{1,50}")
_PLACEHOLDER = re.compile(r"\{\{\{\s*([A-Za-z0-9_]{1,50})\s*\}\}\}")


def check_variable(variable: Variable) -> None:
    """Raise ResendError for a variable that a template cannot have."""
    if not _KEY.fullmatch(variable.key):
        raise ResendError(
            "Invalid `variables` field. A key must have up to 50 letters, digits and underscores, not"
            f" `{variable.key:.80}`."
        )
    if variable.key in RESERVED:
        raise ResendError(f"Invalid `variables` field. The key `{variable.key}` is reserved.")
    if variable.type not in TYPES:
        raise ResendError(f"Invalid `variables` field. The type must be one of {', '.join(TYPES)}.")
    if variable.fallback is not None and not _fits(variable.fallback, variable.type):
        raise _unfit(variable.key, variable.type)


class Renderer:
    """Renders the templates of one request, which share the bound on output."""

    def __init__(self) -> None:
        self._size = 0

    def rendered(self, template: Template, email: Email) -> Email:
        """Return a message with the content of its template. Raise ResendError."""
        version = template.version
        if version is None:
            raise ResendError("The template is not published.")
        if email.html is not None or email.text is not None:
            raise ResendError("The `template` field cannot be used together with `html` or `text`.")
        values = _values(version, (email.template.variables if email.template else None) or {})
        return replace(
            email,
            sender=email.sender or version.details["from"],
            subject=self._render(version.subject, values) or None if email.subject is None else email.subject,
            reply_to=version.details["reply_to"] if email.reply_to is None else email.reply_to,
            html=None if version.html is None else self._render(version.html, values),
            text=None if version.text is None else self._render(version.text, values),
        )

    def _render(self, source: str, values: Mapping[str, Any]) -> str:
        pieces = _PLACEHOLDER.split(source)
        for number in range(1, len(pieces), 2):
            if values.get(pieces[number]) is None:
                raise _without_value(pieces[number])
            pieces[number] = text_of(values[pieces[number]])
        self._size += sum(map(len, pieces))
        if self._size > LARGEST_OUTPUT:
            raise ResendError(f"The templates of a request make more than {LARGEST_OUTPUT} characters.")
        return "".join(pieces)


def _values(version: TemplateVersion, given: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    for variable in version.details["variables"]:
        key, value = variable["key"], given.get(variable["key"])
        if value is None:
            values[key] = variable["fallback_value"]
        elif not _fits(value, variable["type"]):
            raise _unfit(key, variable["type"])
        if values[key] is None:
            raise _without_value(key)
    return values


def _fits(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _unfit(key: str, kind: str) -> ResendError:
    return ResendError(f"Invalid `variables` field. The value of `{key}` must be of the type {kind}.")


def _without_value(key: str) -> ResendError:
    return ResendError(f"Missing value of the template variable `{key}`.")
