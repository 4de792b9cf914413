"""Version 1's actions that send (docs/wire/ses.md 4)."""

from __future__ import annotations

from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.senders.sending import submit
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.composing import raw_content, raw_recipients, recipients
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.handlers.emails import prepare, send_each
from mockmail.vendors.ses.parameters import (
    BulkContent,
    BulkEmail,
    BulkEntry,
    Content,
    Destination,
    Email,
    ReplacementContent,
    ReplacementTemplate,
    Simple,
    TemplateChoice,
)
from mockmail.vendors.ses.query_parameters import (
    Envelope,
    QueryBulkEmail,
    QueryEmail,
    QueryRawEmail,
    QueryTemplatedEmail,
)
from mockmail.vendors.ses.sending import SendOptions, prepare_raw

LARGEST_RAW = 10 << 20
STATUSES = {
    "MessageRejected": "MessageRejected",
    "MailFromDomainNotVerifiedException": "MailFromDomainNotVerified",
    "ConfigurationSetDoesNotExist": "ConfigurationSetDoesNotExist",
    "TemplateDoesNotExist": "TemplateDoesNotExist",
    "AccountSendingPausedException": "AccountSendingPaused",
    "ConfigurationSetSendingPausedException": "ConfigurationSetSendingPaused",
}
"""The status of a destination of a bulk send, by the code of its error; else InvalidParameterValue."""


def send_email(call: SesCall, params: QueryEmail) -> Any:
    """Send one message of a subject and bodies."""
    content = Content(simple=Simple(subject=params.message.subject, body=params.message.body))
    return _send(call, params, params.destination, content, params.tags)


def send_templated_email(call: SesCall, params: QueryTemplatedEmail) -> Any:
    """Send one message of a stored template."""
    content = Content(template=TemplateChoice(name=params.template, data=params.data))
    return _send(call, params, params.destination, content, params.tags)


def send_raw_email(call: SesCall, params: QueryRawEmail) -> Any:
    """Send one message in MIME."""
    raw = raw_content(params.raw.data)
    if len(raw) > LARGEST_RAW:
        raise SesError(f"Message length is more than {LARGEST_RAW} bytes long.")
    found = recipients(Destination(to=params.destinations)) if params.destinations else raw_recipients(raw)
    options = SendOptions(tags=params.tags, configuration_set=params.configuration_set)
    prepared = prepare_raw(call, raw, found, options, sender=params.source or None, replaces_sender=False)
    message_id, submissions = prepared
    return submit(call, submissions, {"MessageId": message_id})


def send_bulk_templated_email(call: SesCall, params: QueryBulkEmail) -> Any:
    """Send a template to up to 50 destinations; each has a result of its own."""
    entries = tuple(
        BulkEntry(
            destination=each.destination,
            tags=each.tags,
            content=ReplacementContent(template=ReplacementTemplate(data=each.data or "{}")),
        )
        for each in params.destinations
    )
    bulk = BulkEmail(
        content=BulkContent(template=TemplateChoice(name=params.template, data=params.data or "{}")),
        entries=entries,
        sender=params.source,
        reply_to=params.reply_to,
        return_path=params.return_path,
        tags=params.tags,
        configuration_set=params.configuration_set,
    )
    return send_each(call, bulk, _failed, _succeeded)


def _send(call: SesCall, params: Envelope, destination: Destination, content: Content, tags: Any) -> Any:
    email = Email(
        content=content,
        sender=params.source,
        destination=destination,
        reply_to=params.reply_to,
        return_path=params.return_path,
        tags=tags,
        configuration_set=params.configuration_set,
    )
    message_id, submissions = prepare(call, email)
    return submit(call, submissions, {"MessageId": message_id})


def _failed(error: VendorError) -> dict[str, Any]:
    code = error.code if isinstance(error, SesError) else ""
    return {"Status": STATUSES.get(code, "InvalidParameterValue"), "Error": str(error)}


def _succeeded(results: list[Any]) -> dict[str, Any]:
    return {"Status": [{"Status": "Success", "MessageId": each} if isinstance(each, str) else each for each in results]}
