"""`/templates`: stored templates, and the messages that are made of them (docs/wire/postmark.md 5)."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from mockmail.core.senders.records import Template, TemplateVersion, template_key
from mockmail.core.senders.templates import Renderer, TemplateError, TemplateRules
from mockmail.core.vendor import Call
from mockmail.vendors.postmark.authentication import PostmarkCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.paging import page
from mockmail.vendors.postmark.parameters import (
    NewTemplate,
    TemplateChange,
    TemplatedEmail,
    TemplateSearch,
    TemplateValidation,
)
from mockmail.vendors.postmark.views import template_document

MUSTACHIO = TemplateRules(escape=escape, iterates_sections=False)
FIRST_ID = 1_003_802
CONTENT = "@content"
PARTS = (("Subject", "subject"), ("HtmlBody", "html"), ("TextBody", "text"))


def new_renderer() -> Renderer:
    """Return a renderer for the templates of one request."""
    return Renderer(MUSTACHIO)


def rendered(call: PostmarkCall, email: TemplatedEmail, renderer: Renderer) -> TemplatedEmail:
    """Return a message with the subject and bodies of its template. Raise PostmarkError."""
    if email.model is None:
        raise PostmarkError("The 'TemplateModel' is missing: it must be an object.", code=1109)
    given = str(email.template_id) if email.template_id is not None else email.alias
    template = _find(call, given) if given else None
    if template is None or not template.active or template.details["type"] != "Standard":
        name = "TemplateId" if email.template_id is not None else "TemplateAlias"
        raise PostmarkError(f"The '{name}' associated with this request is not valid or was not found.", code=1101)
    layout = _find(call, template.details["layout"]) if template.details["layout"] else None
    try:
        return replace(
            email,
            subject=renderer.render(_version(template).subject, email.model, html=False),
            html=_body(renderer, template, layout, email.model, html=True),
            text=_body(renderer, template, layout, email.model, html=False),
        )
    except TemplateError as error:
        raise PostmarkError(f"The template cannot be rendered: {error}.", code=1122) from error


def create(call: PostmarkCall, params: NewTemplate) -> Any:
    """Store a template."""
    for name, given in (("Name", params.name), ("Subject", params.subject or params.type == "Layout")):
        if not given:
            raise PostmarkError(f"The '{name}' of the template is missing.", code=1120)
    template = Template(
        scope=str(call.caller.server.id),
        id=next_template_id(call),
        name=params.name or "",
        created=call.world.clock.now().isoformat(),
        details={"type": params.type, "layout": params.layout or None},
        versions=(TemplateVersion(id="1"),),
    )
    return _store(call, template, params)


def next_template_id(call: Call[Any, Any]) -> str:
    """Return the number of a new template."""
    return str(call.world.store.next_number(call.vendor.name, "template") + FIRST_ID - 1)


def index(call: PostmarkCall, params: TemplateSearch) -> Any:
    """List the templates of the server."""
    found = [
        template
        for template in call.records(Template).find("scope", str(call.caller.server.id))
        if template.active and params.type.lower() in ("", "all", template.details["type"].lower())
    ]
    shown = page(params, found)
    return {"TotalCount": len(found), "Templates": [template_document(template) for template in shown]}


def show(call: PostmarkCall, params: None) -> Any:
    """Return one template with its subject and bodies."""
    template = _template(call)
    version = _version(template)
    return {
        **template_document(template),
        "Subject": version.subject,
        "HtmlBody": version.html,
        "TextBody": version.text,
        "AssociatedServerId": call.caller.server.id,
    }


def edit(call: PostmarkCall, params: TemplateChange) -> Any:
    """Change the fields of a template that are given."""
    template = _template(call)
    layout = template.details["layout"] if params.layout is None else params.layout or None
    details = {**template.details, "layout": layout}
    return _store(call, template.replace(name=params.name or template.name, details=details), params)


def delete(call: PostmarkCall, params: None) -> Any:
    """Remove a template."""
    template = _template(call)
    call.records(Template).put(template.replace(active=False, alias=""))
    return {"ErrorCode": 0, "Message": f"Template {template.id} removed."}


def validate(call: PostmarkCall, params: TemplateValidation) -> Any:
    """Check the content of a template, and render it with a test model."""
    renderer, results = new_renderer(), {}
    for name, field in PARTS:
        source = getattr(params, field)
        results[name] = None if source is None else _checked(renderer, source, params.model or {}, html=field == "html")
    return {
        "AllContentIsValid": all(result is None or result["ContentIsValid"] for result in results.values()),
        "HtmlBody": results["HtmlBody"],
        "TextBody": results["TextBody"],
        "Subject": results["Subject"],
        "SuggestedTemplateModel": _suggested(renderer, params),
    }


def _store(call: PostmarkCall, template: Template, params: NewTemplate | TemplateChange) -> Any:
    alias = template.alias if params.alias is None else params.alias
    other = call.records(Template).first("alias", (template.scope, alias.lower())) if alias else None
    if other is not None and other.id != template.id:
        raise PostmarkError(f"The alias '{alias}' is that of another template.", code=1122)
    renderer, version = new_renderer(), _version(template)
    changes = {field: getattr(params, field) for _, field in PARTS if getattr(params, field) is not None}
    for source in changes.values():
        try:
            renderer.check(source)
        except TemplateError as error:
            raise PostmarkError(f"The content of the template is not valid: {error}.", code=1122) from error
    version = TemplateVersion(
        id="1",
        subject=changes.get("subject", version.subject),
        html=changes.get("html", version.html),
        text=changes.get("text", version.text),
    )
    if template.details["type"] == "Layout":
        _check_layout(version)
    stored = call.records(Template).put(template.replace(alias=alias, versions=(version,)))
    return template_document(stored)


def _check_layout(version: TemplateVersion) -> None:
    for body in (version.html, version.text):
        if body is not None and body.replace(" ", "").count("{{{" + CONTENT + "}}}") != 1:
            raise PostmarkError("A layout must have exactly one '{{{ @content }}}' placeholder.", code=1131)


def _body(renderer: Renderer, template: Template, layout: Template | None, model: Any, *, html: bool) -> str:
    version = _version(template)
    source = version.html if html else version.text
    if source is None:
        return ""
    body = renderer.render(source, model, html=html)
    outer = None if layout is None else _version(layout).html if html else _version(layout).text
    return body if outer is None else renderer.render(outer, model, html=html, private={"content": body})


def _checked(renderer: Renderer, source: str, model: Any, *, html: bool) -> dict[str, Any]:
    try:
        content = renderer.render(source, model, html=html)
    except TemplateError as error:
        problem = {"Message": f"{error}", "Line": None, "CharacterPosition": None}
        return {"ContentIsValid": False, "ValidationErrors": [problem], "RenderedContent": None}
    return {"ContentIsValid": True, "ValidationErrors": [], "RenderedContent": content}


def _suggested(renderer: Renderer, params: TemplateValidation) -> dict[str, Any]:
    try:
        names = [name for _, field in PARTS for name in renderer.variables(getattr(params, field) or "")]
    except TemplateError:
        return {}
    return {name: f"{name}_Value" for name in names}


def _version(template: Template) -> TemplateVersion:
    return template.version or TemplateVersion(id="1")


def _find(call: PostmarkCall, name: str) -> Template | None:
    templates, scope = call.records(Template), str(call.caller.server.id)
    return templates.get(template_key(scope, name)) or templates.first("alias", (scope, name.lower()))


def _template(call: PostmarkCall) -> Template:
    template = _find(call, call.path["template"])
    if template is None or not template.active:
        raise PostmarkError("The 'TemplateId' associated with this request is not valid or was not found.", code=1101)
    return template
