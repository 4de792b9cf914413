"""Templates: Handlebars, whose values are not escaped (docs/wire/ses.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import TemplateVersion
from mockmail.core.senders.templates import MissingVariable, Renderer, TemplateError, TemplateRules
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.parameters import TemplateContent
from mockmail.wire.json_text import BrokenJson, read_json

RULES = TemplateRules(escape=None, missing_is_error=True)


def new_renderer() -> Renderer:
    """Return the renderer of one request."""
    return Renderer(RULES)


def read_data(text: str) -> dict[str, Any]:
    """Return the values of a template. Raise SesError if they are not a JSON object."""
    try:
        data = read_json(text.encode("utf-8", "replace"), max_depth=50)
    except BrokenJson as error:
        raise _unreadable() from error
    if not isinstance(data, dict):
        raise _unreadable()
    return data


def merged(data: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with others over them; an object is merged, an array or a text is replaced."""
    result = dict(data)
    for name, value in over.items():
        old = result.get(name)
        result[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def check_content(content: TemplateContent) -> None:
    """Raise SesError for a template without texts, or one that cannot be parsed."""
    if content.subject is None and content.text is None and content.html is None:
        raise SesError("The template must have a subject, a text or an HTML part.", code="InvalidTemplate")
    renderer = new_renderer()
    try:
        for source in (content.subject, content.text, content.html):
            renderer.check(source or "")
    except TemplateError as error:
        raise SesError(f"The template is not valid: {error}.", code="InvalidTemplate") from error


def version_of(name: str, content: TemplateContent) -> TemplateVersion:
    """Return the texts of a template as they are stored."""
    return TemplateVersion(id=name, subject=content.subject or "", text=content.text, html=content.html)


def render(renderer: Renderer, version: TemplateVersion, data: Mapping[str, Any]) -> TemplateVersion:
    """Return a template with its values. Raise TemplateError, MissingVariable."""

    def text(source: str | None) -> str | None:
        return None if source is None else renderer.render(source, data, html=False)

    return TemplateVersion(
        id=version.id, subject=text(version.subject) or "", text=text(version.text), html=text(version.html)
    )


def failure_of(error: TemplateError) -> RecipientOutcome:
    """Return what becomes of a message whose template cannot be rendered: SES accepts it, and tells of it."""
    return RecipientOutcome(kind="failed", code=0, status="", reason=words_of(error))


def words_of(error: TemplateError) -> str:
    """Return SES's words for an error of a template."""
    if isinstance(error, MissingVariable):
        return f"Attribute '{error.name}' is not present in the rendering data."
    return f"The template cannot be rendered: {error}."


def _unreadable() -> SesError:
    return SesError("Unable to parse template data (invalid JSON).", code="InvalidRenderingParameter")
