"""`/templates`: drafts and published templates, found by id or alias (docs/wire/resend.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockmail.core.senders.records import Template, TemplateVersion, template_key
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.composing import as_list
from mockmail.vendors.resend.errors import ResendError, missing, not_found
from mockmail.vendors.resend.paging import Page, list_document
from mockmail.vendors.resend.parameters import TemplateChange, Variable
from mockmail.vendors.resend.rendering import MOST_VARIABLES, check_variable
from mockmail.vendors.resend.views import Document, template_document, template_summary
from mockmail.wire.json_dialect import JsonResponse


def create(call: ResendCall, params: TemplateChange) -> Any:
    """Store a template as a draft."""
    for field in ("name", "html"):
        if not getattr(params, field):
            raise missing(field)
    empty = TemplateVersion(id="", details={"from": None, "reply_to": None, "variables": []})
    now = call.world.clock.now().isoformat()
    template = Template(id=call.world.ids.uuid(), created=now, versions=(empty,))
    return JsonResponse(_store(call, template, params), 201)


def index(call: ResendCall, params: Page) -> Document:
    """List the templates."""
    return list_document(params, reversed(call.records(Template)), template_summary, lambda template: template.id)


def show(call: ResendCall, params: None) -> Document:
    """Return one template with the newest version of its content."""
    return template_document(find_template(call, call.path["template"]))


def edit(call: ResendCall, params: TemplateChange) -> Document:
    """Change a template; what is published stays until the next publication."""
    return _store(call, find_template(call, call.path["template"]), params)


def publish(call: ResendCall, params: None) -> Document:
    """Publish the newest version of a template, so that it can be sent."""
    template = find_template(call, call.path["template"])
    newest = template.versions[-1]
    published = TemplateVersion(
        id=newest.id,
        subject=newest.subject,
        html=newest.html,
        text=newest.text,
        created=newest.created,
        details=newest.details,
    )
    details = {"published_at": call.world.clock.now().isoformat(timespec="microseconds")}
    call.records(Template).put(template.replace(versions=(published,), details=details))
    return _result(template)


def duplicate(call: ResendCall, params: None) -> Document:
    """Copy the newest version of a template to a new draft."""
    template = find_template(call, call.path["template"])
    copy = template.replace(
        id=call.world.ids.uuid(),
        name=f"{template.name} (Copy)",
        alias="",
        created=call.world.clock.now().isoformat(),
        details={},
        versions=(_draft(call, template.versions[-1]),),
    )
    return _result(call.records(Template).put(copy))


def delete(call: ResendCall, params: None) -> Document:
    """Remove a template."""
    template = find_template(call, call.path["template"])
    call.records(Template).remove(template.key)
    return {"object": "template", "id": template.id, "deleted": True}


def find_template(call: ResendCall, name: str) -> Template:
    """Return the template with an id or an alias. Raise ResendError."""
    templates = call.records(Template)
    found = templates.get(template_key("", name.lower())) or templates.first("alias", ("", name.lower()))
    if found is None:
        raise not_found("Template")
    return found


def _store(call: ResendCall, template: Template, params: TemplateChange) -> Document:
    alias = template.alias if params.alias is None else params.alias
    other = call.records(Template).first("alias", ("", alias.lower())) if alias else None
    if other is not None and other.id != template.id:
        raise ResendError(f"The alias `{alias:.100}` is that of another template.")
    if params.variables is not None:
        _check_variables(params.variables)
    newest = template.versions[-1]
    published = [newest] if newest.active and newest.id else list(template.versions[:-1])
    stored = template.replace(
        name=params.name or template.name,
        alias=alias,
        updated=call.world.clock.now().isoformat(),
        versions=(*published, _draft(call, newest, params)),
    )
    return _result(call.records(Template).put(stored))


def _draft(call: ResendCall, version: TemplateVersion, params: TemplateChange | None = None) -> TemplateVersion:
    """Return a version with its changes. One that is not published yet keeps its id."""
    params = params or TemplateChange()
    details = version.details
    is_new = version.active or not version.id
    reply_to = details["reply_to"] if params.reply_to is None else as_list(params.reply_to)
    return TemplateVersion(
        id=call.world.ids.uuid() if is_new else version.id,
        subject=version.subject if params.subject is None else params.subject,
        html=version.html if params.html is None else params.html,
        text=version.text if params.text is None else params.text,
        active=False,
        created=call.world.clock.now().isoformat(),
        details={
            "from": params.sender or details["from"],
            "reply_to": reply_to,
            "variables": details["variables"] if params.variables is None else _variables(call, params.variables),
        },
    )


def _check_variables(variables: Sequence[Variable]) -> None:
    if len(variables) > MOST_VARIABLES:
        raise ResendError(f"A template may have up to {MOST_VARIABLES} variables.")
    for variable in variables:
        check_variable(variable)


def _variables(call: ResendCall, variables: Sequence[Variable]) -> list[Document]:
    return [
        {
            "id": call.world.ids.uuid(),
            "key": variable.key,
            "type": variable.type,
            "fallback_value": variable.fallback,
        }
        for variable in variables
    ]


def _result(template: Template) -> Document:
    return {"id": template.id, "object": "template"}
