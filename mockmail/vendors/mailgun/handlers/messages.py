"""`POST /v3/{domain}/messages`: a message, or one for each recipient of a batch (docs/wire/mailgun.md 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockmail.core.errors import HeadTooLong
from mockmail.core.mail.compose import Draft, Mailbox, compose
from mockmail.core.mail.html_text import read_html
from mockmail.core.senders.batch import PREPARED_AT_ONCE, Prepared, submit_each
from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import Template, template_key
from mockmail.core.senders.sending import Submission
from mockmail.core.senders.templates import Renderer, TemplateError
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.composing import (
    OWN_HEADERS,
    SENDING_IP,
    attachments,
    check_header_names,
    formatted,
    mailboxes,
    tag_headers,
)
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.parameters import NewMessage
from mockmail.vendors.mailgun.rendering import RULES, Rendered, render, template_values, version_of
from mockmail.vendors.mailgun.requests import Addressed, SendRequest, find_domain, variables_header

LONGEST_READ = 128 << 10
"""The characters of a rendered template that its text is made of."""

NO_BODY = "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"


def send(call: MailgunCall, params: NewMessage) -> Any:
    """Send a message; with recipient-variables, one to each recipient."""
    find_domain(call)
    composer = _Composer(call, params)
    return submit_each(
        call,
        composer.request.groups,
        composer.prepare,
        respond=lambda _: composer.request.result,
        at_once=1 if params.template_text else PREPARED_AT_ONCE,  # reading HTML takes long
    )


class _Composer:
    """Composes the messages of one request."""

    def __init__(self, call: MailgunCall, params: NewMessage) -> None:
        """Check the request. Raise MailgunError."""
        options = call.options
        if not params.sender and not params.template:
            raise parameter_error(options, "from", "is missing")
        if not any(text.strip() for text in params.to):
            raise parameter_error(options, "to", "is missing")
        self.call, self.params = call, params
        self.sender = mailboxes(options, "from", [params.sender])[0] if params.sender else None
        addressed: Addressed = {
            "to": mailboxes(options, "to", params.to),
            "cc": mailboxes(options, "cc", params.cc),
            "bcc": mailboxes(options, "bcc", params.bcc),
        }
        if not (params.text or params.html or params.amp_html or params.template):
            raise MailgunError(NO_BODY)
        check_header_names(list(params.headers))
        headers = {name.lower(): value for name, value in params.headers.items()}
        self.headers = {name: text for name, text in params.headers.items() if name.lower() not in OWN_HEADERS}
        self.in_header = headers.get("x-mailgun-variables")
        self.reply_to = headers.get("reply-to", "")
        self.request = SendRequest.of(call, params, addressed, headers.get("message-id", ""))
        self.given_values = template_values(params.template_variables, self.in_header, {})
        self.renderer = Renderer(RULES)

    def prepare(self, to: Sequence[Mailbox]) -> Prepared:
        """Return the message to some recipients. Raise MailgunError."""
        params, request = self.params, self.request
        variables = request.variables(to)
        failure, rendered = None, None
        try:
            rendered = self._rendered(variables, to)
        except TemplateError as error:
            failure = RecipientOutcome(kind="failed", code=0, status="", reason=str(error))
        html = rendered.html if rendered else request.fill(params.html, to) if params.html else None
        text = request.fill(params.text, to) if params.text else None
        if rendered is not None and params.template_text:
            text = read_html(rendered.html[:LONGEST_READ]).text
        sender = self._sender(rendered)
        subject = request.fill(params.subject or self._header(rendered, "subject"), to)
        cc = list(request.addressed["cc"])
        files = attachments(params.attachments, params.inline)
        reply_to = request.fill(self.reply_to or self._header(rendered, "reply-to"), to)
        draft = Draft(
            sender=sender,
            to=to,
            cc=cc,
            reply_to=mailboxes(self.call.options, "h:Reply-To", [reply_to]) if reply_to.strip() else (),
            subject=subject or None,
            message_id=request.message_id,
            text=text,
            html=html,
            headers=self._all_headers(sender, variables, to),
            attachments=files,
        )
        try:
            raw = tag_headers(params.tags) + compose(self.call.world, draft)
        except HeadTooLong as error:
            raise MailgunError(f"The headers of the message are too long: {error}.") from error
        shown = [each for each in files if not each.content_id]
        details = {
            "size": len(raw),
            "to": ", ".join(map(formatted, to)),
            "attachments": [
                {"filename": each.name, "content-type": each.media_type, "size": len(each.content)} for each in shown
            ],
        }
        record = request.record(
            to,
            sender=formatted(sender),
            subject=subject,
            details=details,
            metadata=variables,
            template=params.template or "",
            data=self.given_values,
        )
        return None, [Submission(message=record, raw=raw, failure=failure)]

    def _rendered(self, variables: Mapping[str, str], to: Sequence[Mailbox]) -> Rendered | None:
        """Return what the template makes; None without one. Raise TemplateError."""
        name = self.params.template
        if not name:
            return None
        template = self.call.records(Template).get(template_key(self.request.domain.name, name.lower()))
        version = version_of(template, self.params.template_version) if template else None
        if version is None:
            raise TemplateError(f"the domain has no template {name!r:.200} with the wanted version")
        values = self.given_values | template_values(None, None, variables)
        rendered = render(self.renderer, version, values)
        return Rendered(html=self.request.fill(rendered.html, to), headers=rendered.headers)

    def _sender(self, rendered: Rendered | None) -> Mailbox:
        if self.sender is not None:
            return self.sender
        in_template = self._header(rendered, "from")
        if in_template:
            return mailboxes(self.call.options, "from", [in_template])[0]
        return Mailbox(f"postmaster@{self.request.domain.name}")

    def _header(self, rendered: Rendered | None, wanted: str) -> str:
        headers = rendered.headers if rendered else {}
        return next((text for name, text in headers.items() if name.lower() == wanted), "")

    def _all_headers(self, sender: Mailbox, variables: Mapping[str, str], to: Sequence[Mailbox]) -> dict[str, str]:
        ids, domain = self.call.world.ids, self.request.domain.name
        headers = {
            "X-Mailgun-Sending-Ip": SENDING_IP,
            "X-Mailgun-Sid": f"Wy{ids.token(34)}=",
            **variables_header(variables),
        }
        has_own = any(name.lower() == "sender" for name in self.headers)
        if not has_own and sender.address.rpartition("@")[2].lower() != domain.lower():
            headers["Sender"] = f"{sender.address.replace('@', '=')}@{domain}"
        return headers | {name: self.request.fill(text, to) for name, text in self.headers.items()}
