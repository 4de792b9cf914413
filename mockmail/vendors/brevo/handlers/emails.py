"""`POST /v3/smtp/email`: sending one message, or one for each of `messageVersions` (docs/wire/brevo.md 3, 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mockmail.core.errors import HeadTooLong
from mockmail.core.mail.compose import Attachment, Draft, compose
from mockmail.core.mail.html_text import read_html
from mockmail.core.senders.batch import LARGEST_BATCH, Prepared, submit_each
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import Identity, Recipient, RecipientKind, SentMessage, Template
from mockmail.core.senders.sending import Submission
from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.checking import (
    Addresses,
    addresses_of,
    check_content,
    due_at,
    find_template,
    use_key_once,
    versions_of,
)
from mockmail.vendors.brevo.composing import attachments, header_of, own_headers
from mockmail.vendors.brevo.errors import BrevoError, invalid
from mockmail.vendors.brevo.parameters import Email, Party, Version
from mockmail.vendors.brevo.rendering import Renderer, TemplateError
from mockmail.vendors.brevo.views import UUID, metadata_of
from mockmail.wire.json_dialect import JsonResponse

RELAY = "smtp-relay.mailin.fr"


@dataclass(slots=True)
class _Request:
    """What the messages of a request share. composed: their bytes so far. texts: the texts made of HTML."""

    email: Email
    files: list[Attachment]
    due: datetime | None
    batch: str
    renderer: Renderer = field(default_factory=Renderer)
    composed: int = 0
    texts: dict[str, str] = field(default_factory=dict)

    def text_of(self, html: str) -> str:
        """Return the text of an HTML body."""
        if html not in self.texts:
            self.texts[html] = read_html(html).text
        return self.texts[html]


@dataclass(frozen=True, slots=True)
class _Content:
    """What a message says, once its template is rendered. error: why it could not be."""

    subject: str
    html: str
    text: str
    error: str = ""


def send(call: BrevoCall, params: Email) -> Any:
    """Send a message, or one for each of `messageVersions`; all or none."""
    versions = versions_of(params)
    use_key_once(call, params.headers or {})
    due = None if params.scheduled_at is None else due_at(call, params.scheduled_at)
    batch = ""
    if due is not None:
        batch = (params.batch_id or call.world.ids.uuid()).lower()
        if not UUID.fullmatch(batch):
            raise invalid("batchId")
    request = _Request(params, attachments(params.attachment), due, batch)

    def prepare(version: Version) -> Prepared:
        template = None if version.template_id is None else find_template(call, version.template_id)
        return _prepare(call, request, version, template)

    def respond(ids: list[Any]) -> Any:
        document = {"messageId": ids[0]} if params.message_versions is None else {"messageIds": ids}
        if due is not None:
            return JsonResponse({**document, "batchId": batch}, 202)
        return JsonResponse(document, 201)

    return submit_each(call, versions, prepare, respond=respond)


def send_template(call: BrevoCall, template: Template, addresses: Sequence[str]) -> Any:
    """Send a template without values to each of several addresses. A handler returns what this returns."""
    template_id = int(template.id)
    versions = [Email(to=(Party(email=address),), template_id=template_id) for address in addresses]
    request = _Request(Email(), [], None, "")

    def prepare(version: Version) -> Prepared:
        return _prepare(call, request, version, template)

    return submit_each(call, versions, prepare, respond=lambda _: JsonResponse(None, 204))


def _prepare(call: BrevoCall, request: _Request, version: Version, template: Template | None) -> Prepared:
    """Return the id of one message, and what to send. Raise BrevoError."""
    check_content(version, template)
    addresses = addresses_of(call, version, request.email.sender, template)
    headers = version.headers or {}
    content = _content(request, version, template, addresses)
    message_id = f"<{call.world.clock.now():%Y%m%d%H%M}.{call.world.ids.number(10**10, 10**11 - 1)}@{RELAY}>"
    draft = Draft(
        sender=addresses.sender,
        to=addresses.to,
        cc=addresses.cc,
        reply_to=addresses.reply_to,
        subject=content.subject,
        message_id=message_id,
        text=content.text,
        html=content.html or None,
        headers=own_headers(headers),
        attachments=request.files,
    )
    try:
        raw = compose(call.world, draft)
    except HeadTooLong as error:
        raise BrevoError(str(error)) from error
    request.composed += len(raw)
    if request.composed > LARGEST_BATCH:
        raise BrevoError(f"the messages of a request may have {LARGEST_BATCH >> 20} MB in all", "out_of_range")
    name = template.name if template else ""
    sent = _sent(call, request, version, addresses, draft)
    sent = sent.replace(details={**sent.details, "template_name": name}) if name else sent
    return message_id, [Submission(message=sent, raw=raw, failure=_failure(call, addresses.sender.address, content))]


def _content(request: _Request, version: Version, template: Template | None, addresses: Addresses) -> _Content:
    source = None if template is None else template.version
    subject = version.subject or (source.subject if source else "")
    html = (source.html if source else version.html_content) or ""
    text = None if source else version.text_content
    params, contact = version.params or {}, {"EMAIL": addresses.to[0].address}
    try:
        subject = request.renderer.render(subject, params, contact)
        html = request.renderer.render(html, params, contact)
        text = None if text is None else request.renderer.render(text, params, contact)
    except TemplateError as error:
        return _Content(subject, html, text or "", f"Template rendering failed: {error}")
    return _Content(subject, html, request.text_of(html) if text is None else text)


def _failure(call: BrevoCall, sender: str, content: _Content) -> RecipientOutcome | None:
    """Return why Brevo gives up a message that it accepted; None if it does not."""
    reason = content.error
    if not is_verified(call.records(Identity), sender):
        reason = (
            f"Sending has been rejected because the sender you used {sender} is not valid. Validate your sender or"
            " authenticate your domain"
        )
    return RecipientOutcome(kind="failed", code=0, status="", reason=reason) if reason else None


def _sent(call: BrevoCall, request: _Request, version: Version, addresses: Addresses, draft: Draft) -> SentMessage:
    headers, sender = version.headers or {}, addresses.sender
    kinds: dict[RecipientKind, Any] = {"to": addresses.to, "cc": addresses.cc, "bcc": addresses.bcc}
    details = {
        "from": sender.address,
        "custom": header_of(headers, "x-mailin-custom"),
        "tag": header_of(headers, "x-mailin-tag"),
    }
    sandbox = header_of(headers, "x-sib-sandbox") or call.request.headers.get("X-Sib-Sandbox", "")
    return SentMessage(
        id=draft.message_id,
        request=f"{call.world.ids.uuid()[:-4]}0000",
        at=call.world.clock.now().isoformat(),
        operation=call.operation.name,
        sender=f"{sender.name} <{sender.address}>" if sender.name else sender.address,
        envelope_sender=f"bounces-{call.world.ids.number(100000, 999999)}@{RELAY}",
        recipients=tuple(
            Recipient(address=mailbox.address, name=mailbox.name, kind=kind)
            for kind, boxes in kinds.items()
            for mailbox in boxes
        ),
        subject=draft.subject or "",
        tags=request.email.tags,
        metadata=metadata_of(details["custom"]),
        template="" if version.template_id is None else str(version.template_id),
        data=version.params or {},
        scheduled_at=None if request.due is None else request.due.isoformat(),
        batch=request.batch,
        is_test=sandbox.strip().lower() == "drop",
        details={name: value for name, value in details.items() if value},
    )
