"""`/v2/email/templates`: stored templates (docs/wire/ses.md 5)."""

from __future__ import annotations

import re
from typing import Any

from mockmail.core.mail.compose import Draft, Mailbox, compose
from mockmail.core.senders.raw import with_headers
from mockmail.core.senders.records import Template, template_key
from mockmail.core.senders.templates import MissingVariable, TemplateError
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import SesError, already_exists, not_found
from mockmail.vendors.ses.parameters import NewTemplate, Page, Rendering, TemplateContent
from mockmail.vendors.ses.rendering import check_content, new_renderer, read_data, render, version_of, words_of
from mockmail.vendors.ses.views import Document, page_of, seconds

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def create(call: SesCall, params: NewTemplate) -> Document:
    """Store a template."""
    name = params.name or ""
    if not _NAME.fullmatch(name):
        raise SesError("The template name must have 1 to 64 letters, digits, `_` and `-`.")
    if call.records(Template).get(template_key("", name)) is not None:
        raise already_exists(f"Template {name} already exists.")
    check_content(params.content)
    now = call.world.clock.now().isoformat()
    call.records(Template).put(Template(id=name, name=name, created=now, versions=(version_of(name, params.content),)))
    return {}


def index(call: SesCall, params: Page) -> Document:
    """List the templates."""
    return page_of("TemplatesMetadata", call.records(Template), params, _metadata)


def show(call: SesCall, params: None) -> Document:
    """Return one template."""
    template = find_template(call, call.path["template"])
    version = template.version
    content = {} if version is None else {"Subject": version.subject, "Text": version.text, "Html": version.html}
    given = {name: value for name, value in content.items() if value}
    return {"TemplateName": template.id, "TemplateContent": given}


def edit(call: SesCall, params: NewTemplate) -> Document:
    """Replace the texts of a template."""
    return replace_content(call, call.path["template"], params.content)


def replace_content(call: SesCall, name: str, content: TemplateContent) -> Document:
    """Store other texts of a template. Raise SesError."""
    template = find_template(call, name)
    check_content(content)
    now = call.world.clock.now().isoformat()
    call.records(Template).put(template.replace(updated=now, versions=(version_of(name, content),)))
    return {}


def delete(call: SesCall, params: None) -> Document:
    """Remove a template."""
    call.records(Template).remove(find_template(call, call.path["template"]).key)
    return {}


def render_template(call: SesCall, params: Rendering) -> Document:
    """Return the message that a template makes of values."""
    return rendered(call, call.path["template"], params.data)


def rendered(call: SesCall, name: str, text: str) -> Document:
    """Return the MIME text that a template makes. Raise SesError."""
    template, data = find_template(call, name), read_data(text)
    version = template.version
    if version is None:
        raise not_found(f"Template {name:.64} does not exist", "TemplateDoesNotExist")
    try:
        version = render(new_renderer(), version, data)
    except TemplateError as error:
        code = "MissingRenderingAttribute" if isinstance(error, MissingVariable) else "InvalidTemplate"
        raise SesError(words_of(error), code=code) from error
    draft = Draft(sender=Mailbox("a@example.com"), subject=version.subject, text=version.text, html=version.html)
    raw = with_headers(compose(call.world, draft), removed=("From",))
    return {"RenderedTemplate": raw.decode("utf-8", "replace")}


def find_template(call: SesCall, name: str) -> Template:
    """Return a template. Raise SesError."""
    found = call.records(Template).get(template_key("", name))
    if found is None:
        raise not_found(f"Template {name:.64} does not exist", "TemplateDoesNotExist")
    return found


def _metadata(template: Template) -> dict[str, Any]:
    return {"TemplateName": template.id, "CreatedTimestamp": seconds(template.created)}
