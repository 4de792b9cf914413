"""Stored templates: Handlebars, with `{{#equal}}` (docs/wire/mailgun.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockmail.core.senders.records import Template, TemplateVersion
from mockmail.core.senders.templates import Renderer, TemplateRules, text_of
from mockmail.vendors.mailgun.errors import MailgunError
from mockmail.wire.json_text import BrokenJson, read_json


def _is_equal(arguments: Any) -> bool:
    return len(set(map(text_of, arguments))) == 1


RULES = TemplateRules(conditions={"equal": _is_equal})


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a template makes of its values. headers: such as From and Subject."""

    html: str
    headers: Mapping[str, str]


def version_of(template: Template, tag: str | None) -> TemplateVersion | None:
    """Return the version with a tag, the active one without a tag; None if there is none."""
    if tag is None:
        return template.version
    return next((version for version in template.versions if version.id == tag.lower()), None)


def render(renderer: Renderer, version: TemplateVersion, values: Mapping[str, Any]) -> Rendered:
    """Return what a version makes of values. Raise TemplateError."""
    headers = version.details.get("headers") or {}
    return Rendered(
        html=renderer.render(version.html or "", values, html=True),
        headers={name: renderer.render(text_of(text), values, html=False) for name, text in headers.items()},
    )


def template_values(given: str | None, in_header: str | None, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the values for a template. given: `t:variables`. in_header: `h:X-Mailgun-Variables`.

    A variable that is a JSON object or array is read. Raise MailgunError.
    """
    values: dict[str, Any] = {}
    for name, text in (("h:X-Mailgun-Variables", in_header), ("t:variables", given)):
        if text is not None:
            values |= json_object(text, f"'{name}' parameter is not a valid JSON")
    return values | {name: _read(text) for name, text in variables.items()}


def json_object(text: str, refusal: str) -> dict[str, Any]:
    """Return the JSON object in a text. Raise MailgunError."""
    try:
        value = read_json(text.encode("utf-8", "replace"))
    except BrokenJson as error:
        raise MailgunError(refusal) from error
    if not isinstance(value, dict):
        raise MailgunError(refusal)
    return value


def _read(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return text
    try:
        return read_json(text.encode("utf-8", "replace"))
    except BrokenJson:
        return text
