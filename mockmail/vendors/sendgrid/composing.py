"""The messages that SendGrid makes of a request: one for each personalization (docs/wire/sendgrid.md 4 and 10)."""

from __future__ import annotations

import mimetypes
from base64 import urlsafe_b64encode
from itertools import accumulate
from typing import Any

from mockmail.core.errors import HeadTooLong
from mockmail.core.mail.compose import Attachment, Draft, Mailbox, compose
from mockmail.core.senders.batch import LARGEST_BATCH, PREPARED_AT_ONCE, Prepared
from mockmail.core.senders.outcomes import RecipientOutcome
from mockmail.core.senders.records import Recipient, SentMessage, Template, template_key
from mockmail.core.senders.sending import Submission
from mockmail.core.senders.templates import Renderer, TemplateError
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.checking import decoded, due_at, sender_of
from mockmail.vendors.sendgrid.errors import MailRefusal, item
from mockmail.vendors.sendgrid.parameters import Address, AttachedFile, Mail, Personalization
from mockmail.vendors.sendgrid.rendering import RULES, SEARCHED_EACH, Substitutions, Text

AFFORDABLE = 5_000_000
"""The most characters that are searched for substitutions before the event loop does other work."""

WRITING = 10
"""How many times as long as a search it takes to write a text."""

USER_ID = 1446226
HOST = "geopod-ismtpd-26"
BODIES = ("text/plain", "text/html")
_TYPES = mimetypes.MimeTypes()  # Python's own table, the same on every machine


class Composer:
    """Makes the messages of one request, which share its id."""

    def __init__(self, call: SendGridCall, mail: Mail) -> None:
        self._call, self._mail = call, mail
        self._now = call.world.clock.now()
        self.request = urlsafe_b64encode(call.world.ids.bytes(16)).decode().rstrip("=")
        time = f"{int(self._now.timestamp()):X}"
        self._hash = call.world.ids.hexadecimal(10)
        self._base = f"{self.request}.recvd-{self._hash}-m6747-1-{time}-3C"
        counts = [len(each.to) + len(each.cc) + len(each.bcc) for each in mail.personalizations]
        self._firsts = [0, *accumulate(counts)]
        self._template = call.records(Template).get(template_key("", mail.template_id.lower()))
        self._renderer = Renderer(RULES, share=1 / min(len(counts), PREPARED_AT_ONCE))
        self._files = [_attachment(attached) for attached in mail.attachments]
        self._size = 0

    @property
    def at_once(self) -> int:
        """Return how many messages can be made before the event loop does other work."""
        mail = self._mail
        size = sum(len(content.value) for content in mail.content) + sum(len(file.content) for file in self._files)
        sections = len(mail.sections or ())
        most = max(len(each.substitutions or ()) for each in mail.personalizations)
        cost = size * (WRITING + most) + SEARCHED_EACH * most * sections + 1
        return max(1, min(PREPARED_AT_ONCE, AFFORDABLE // cost))

    def prepare(self, number: int) -> Prepared:
        """Return the message of a personalization. Raise MailRefusal for one that cannot be made."""
        personalization = self._mail.personalizations[number]
        text, failure = self._text(personalization), None
        try:
            substitutions = self._fill(text, personalization)
        except TemplateError as error:
            substitutions = Substitutions(None, None)
            failure = RecipientOutcome(kind="failed", code=0, status="", reason=f"Template error: {error}"[:500])
        try:
            raw = compose(self._call.world, self._draft(personalization, text, substitutions))
        except (HeadTooLong, TemplateError) as error:
            raise MailRefusal(item(f"The message cannot be sent: {error}.", f"personalizations.{number}")) from error
        self._size += len(raw)
        if self._size > LARGEST_BATCH:
            raise MailRefusal(item("content too large"), status=413).because(
                f"the messages of a request may have {LARGEST_BATCH} bytes"
            )
        sent = self._message(number, personalization, text)
        return None, [Submission(message=sent, raw=raw, failure=failure)]

    def _text(self, personalization: Personalization) -> Text:
        contents = {content.type.lower(): content.value for content in self._mail.content}
        subject = personalization.subject or self._mail.subject
        return Text(subject, contents.get("text/plain"), contents.get("text/html"))

    def _fill(self, text: Text, personalization: Personalization) -> Substitutions:
        """Render the template and replace substitutions. Raise TemplateError."""
        self._renderer.next_message()
        substitutions = Substitutions(personalization.substitutions, self._mail.sections)
        if self._mail.template_id:
            version = None if self._template is None else self._template.version
            if version is None:
                raise TemplateError(f"the template {self._mail.template_id} does not exist or has no active version")
            if self._mail.template_id.lower().startswith("d-"):
                text.render(self._renderer, version, personalization.dynamic_template_data or {})
                return substitutions
            text.enclose(version)
        text.subject = substitutions.apply(text.subject)
        text.text = None if text.text is None else substitutions.apply(text.text)
        text.html = None if text.html is None else substitutions.apply(text.html)
        return substitutions

    def _draft(self, personalization: Personalization, text: Text, substitutions: Substitutions) -> Draft:
        mail, replies = self._mail, self._mail.reply_to_list
        footer = mail.mail_settings.footer
        if footer is not None and footer.enable:
            text.text = text.text and f"{text.text}\n{footer.text}"
            text.html = text.html and _with_footer(text.html, footer.html)
        others = [content for content in mail.content if content.type.lower() not in BODIES]
        files = [_other_body(each.type, each.value) for each in others if not each.type.lower().startswith("text/")]
        named = {name.lower(): (name, value) for name, value in (mail.headers or {}).items()}
        named |= {name.lower(): (name, value) for name, value in (personalization.headers or {}).items()}
        return Draft(
            sender=_mailbox(sender_of(mail, personalization)),
            to=[_mailbox(address) for address in personalization.to],
            cc=[_mailbox(address) for address in personalization.cc],
            reply_to=[
                Mailbox(address.email, substitutions.apply(address.name))
                for address in ((mail.reply_to,) if mail.reply_to else replies)
            ],
            subject=text.subject,
            text=text.text,
            html=text.html,
            alternatives={
                each.type.lower().removeprefix("text/"): each.value
                for each in others
                if each.type.lower().startswith("text/")
            },
            headers={
                name: substitutions.apply(value) for name, value in named.values() if name.lower() != "message-id"
            },
            attachments=[*self._files, *files],
            message_id=f"<{self.request}@{HOST}>",
        )

    def _message(self, number: int, personalization: Personalization, text: Text) -> SentMessage:
        mail, first = self._mail, self._firsts[number]
        kinds = (("to", personalization.to), ("cc", personalization.cc), ("bcc", personalization.bcc))
        addresses = [(kind, address) for kind, group in kinds for address in group]
        local_part, _, domain = personalization.to[0].email.rpartition("@")
        at = mail.send_at if personalization.send_at is None else personalization.send_at
        return SentMessage(
            id=f"{self._base}.{first}",
            request=self.request,
            at=self._now.isoformat(),
            operation=self._call.operation.name,
            sender=sender_of(mail, personalization).email,
            envelope_sender=f"bounces+{USER_ID}-{self._hash[:4]}-{local_part}={domain}@sendgrid.net",
            recipients=tuple(
                Recipient(address=address.email, name=address.name, kind=kind, id=str(first + position))  # type: ignore[arg-type]
                for position, (kind, address) in enumerate(addresses)
            ),
            subject=text.subject,
            tags=mail.categories,
            metadata={**(mail.custom_args or {}), **(personalization.custom_args or {})},
            template=mail.template_id,
            data=personalization.dynamic_template_data or {},
            scheduled_at=due_at(at, self._now),
            batch=mail.batch_id,
            details=self._details(),
        )

    def _details(self) -> dict[str, Any]:
        mail = self._mail
        settings = mail.mail_settings
        bypassed = {
            "list": settings.bypass_list_management,
            "spam": settings.bypass_spam_management,
            "bounce": settings.bypass_bounce_management,
            "unsubscribe": settings.bypass_unsubscribe_management,
        }
        details = {
            "api_key_id": self._call.caller.key.id,
            "bypass": [name for name, toggle in bypassed.items() if toggle is not None and toggle.enable],
            "asm_group_id": mail.asm and mail.asm.group_id,
            "ip_pool_name": mail.ip_pool_name,
        }
        return {name: value for name, value in details.items() if value}


def _mailbox(address: Address) -> Mailbox:
    return Mailbox(address.email, address.name)


def _with_footer(html: str, footer: str) -> str:
    end = html.lower().rfind("</body>")
    return html + footer if end < 0 else html[:end] + footer + html[end:]


def _other_body(media_type: str, value: str) -> Attachment:
    return Attachment(name="", content=value.encode("utf-8", "replace"), media_type=media_type)


def _attachment(attached: AttachedFile) -> Attachment:
    name = attached.filename
    guessed = _TYPES.guess_type(f"x{name[name.rfind('.') :]}" if "." in name else "")[0]
    return Attachment(
        name=name,
        content=decoded(attached),
        media_type=attached.type.partition(";")[0].strip() or guessed or "application/octet-stream",
        content_id=attached.content_id.strip("<>") if attached.disposition == "inline" else "",
    )
