"""`/v3/smtp/templates`: stored templates, their previews and tests (docs/wire/brevo.md 5)."""

from __future__ import annotations

from html import escape
from typing import Any

from mockmail.core.senders.records import Template, TemplateVersion, template_key
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.checking import sender_of
from mockmail.vendors.brevo.errors import BrevoError, missing, not_found
from mockmail.vendors.brevo.handlers.emails import send_template
from mockmail.vendors.brevo.handlers.sent_emails import NO_CONTENT
from mockmail.vendors.brevo.paging import in_order, is_ascending
from mockmail.vendors.brevo.parameters import Preview, SampleRecipients, TemplateChange, TemplateSearch
from mockmail.vendors.brevo.rendering import Renderer, TemplateError
from mockmail.vendors.brevo.views import Document, template_document
from mockmail.wire.json_dialect import JsonResponse

SHORTEST = 10
"""The most characters of HTML that are not enough."""


def create(call: BrevoCall, params: TemplateChange) -> Any:
    """Store a template."""
    if not params.template_name:
        raise missing("Template name is missing")
    if not params.subject:
        raise missing("subject")
    if params.sender is None:
        raise missing("sender")
    if params.html_content is None and not params.html_url:
        raise missing("htmlContent")
    template = Template(
        id=str(call.world.store.next_number(call.vendor.name, "template")),
        active=False,
        created=call.world.clock.now().isoformat(),
        versions=(TemplateVersion(id="1"),),
        details={"sender": {}, "replyTo": "", "toField": "", "tag": ""},
    )
    return JsonResponse({"id": int(_store(call, template, params).id)}, 201)


def index(call: BrevoCall, params: TemplateSearch) -> Document:
    """List the templates, the newest first."""
    wanted = params.template_status
    ordered = in_order(call.records(Template), ascending=is_ascending(params))
    found = [template for template in ordered if wanted in (None, template.active)]
    shown = found[params.offset : params.offset + params.limit]
    return {"count": len(found), "templates": [template_document(template) for template in shown]}


def show(call: BrevoCall, params: None) -> Document:
    """Return one template."""
    return template_document(_find(call, call.path["template"]))


def edit(call: BrevoCall, params: TemplateChange) -> Any:
    """Change the fields of a template that are given."""
    _store(call, _find(call, call.path["template"]), params)
    return NO_CONTENT


def delete(call: BrevoCall, params: None) -> Any:
    """Remove a template that is not active."""
    template = _find(call, call.path["template"])
    if template.active:
        raise BrevoError("Template is active; only inactive templates can be deleted", "bad_request")
    call.records(Template).remove(template.key)
    return NO_CONTENT


def send_test(call: BrevoCall, params: SampleRecipients) -> Any:
    """Send a template to addresses, as a test of how it looks."""
    template = _find(call, call.path["template"])
    if not params.email_to:
        raise missing("emailTo")
    call.records(Template).put(template.replace(details={**template.details, "testSent": True}))
    return send_template(call, template, params.email_to)


def preview(call: BrevoCall, params: Preview) -> Document:
    """Return a template as it is with values, or for a contact."""
    template = _find(call, str(params.template_id))
    version, sender, renderer = template.versions[0], template.details["sender"], Renderer()
    values, contact = params.params or {}, {"EMAIL": params.email or ""}
    try:
        html = renderer.render(version.html or "", values, contact)
        subject = renderer.render(version.subject, values, contact)
    except TemplateError as error:
        raise BrevoError(f"Template rendering failed: {error}") from error
    return {
        "html": html,
        "subject": subject,
        "fromEmail": sender["email"],
        "fromName": sender["name"],
        "previewText": "",
        "usedFeedNames": [],
    }


def _find(call: BrevoCall, template_id: str) -> Template:
    found = call.records(Template).get(template_key("", template_id))
    if found is None:
        raise not_found("Template")
    return found


def _store(call: BrevoCall, template: Template, params: TemplateChange) -> Template:
    old, details = template.versions[0], dict(template.details)
    if params.sender is not None:
        mailbox = sender_of(call, params.sender)
        sender_id = "" if params.sender.id is None else str(params.sender.id)
        details["sender"] = {"name": mailbox.name, "email": mailbox.address, "id": sender_id}
    changes = {"replyTo": params.reply_to, "toField": params.to_field, "tag": params.tag}
    details |= {name: value for name, value in changes.items() if value is not None}
    stored = template.replace(
        name=params.template_name or template.name,
        active=template.active if params.is_active is None else params.is_active,
        updated=call.world.clock.now().isoformat(),
        versions=(TemplateVersion(id=old.id, subject=params.subject or old.subject, html=_html(params) or old.html),),
        details=details,
    )
    return call.records(Template).put(stored)


def _html(params: TemplateChange) -> str | None:
    if params.html_content is not None:
        if len(params.html_content) <= SHORTEST:
            raise BrevoError(f"htmlContent must have more than {SHORTEST} characters")
        return params.html_content
    return f"<p>mockmail does not download {escape(params.html_url)}</p>" if params.html_url else None
