"""`/v2/email/outbound-emails` and `outbound-bulk-emails`: sending (docs/wire/ses.md 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.senders.batch import Prepared, submit_each
from mockmail.core.senders.records import TemplateVersion
from mockmail.core.senders.sending import submit
from mockmail.core.senders.templates import Renderer, TemplateError
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.composing import Letter, raw_content, raw_recipients, recipients
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.handlers.templates import find_template
from mockmail.vendors.ses.parameters import BulkEmail, BulkEntry, Destination, Email, TemplateChoice, TemplateContent
from mockmail.vendors.ses.rendering import (
    check_content,
    failure_of,
    merged,
    new_renderer,
    read_data,
    render,
    version_of,
)
from mockmail.vendors.ses.sending import SendOptions, prepare_letter, prepare_raw

MOST_ENTRIES = 50
STATUSES = {
    "MessageRejected": "MESSAGE_REJECTED",
    "MailFromDomainNotVerifiedException": "MAIL_FROM_DOMAIN_NOT_VERIFIED",
    "ConfigurationSetDoesNotExist": "CONFIGURATION_SET_NOT_FOUND",
    "TemplateDoesNotExist": "TEMPLATE_NOT_FOUND",
    "AccountSendingPausedException": "ACCOUNT_SENDING_PAUSED",
    "ConfigurationSetSendingPausedException": "CONFIGURATION_SET_SENDING_PAUSED",
}
"""The status of an entry of a bulk send, by version 1's code for its error; else INVALID_PARAMETER."""


def send(call: SesCall, params: Email) -> Any:
    """Send one message."""
    message_id, submissions = prepare(call, params)
    return submit(call, submissions, {"MessageId": message_id})


def send_bulk(call: SesCall, params: BulkEmail) -> Any:
    """Send a template to up to 50 destinations; each has a result of its own."""
    return send_each(call, params, _failed, _succeeded)


def send_each(call: SesCall, params: BulkEmail, failed: Any, succeeded: Any) -> Any:
    """Send the entries of a bulk send. failed, succeeded: make their results, and the response of all results."""
    if not 0 < len(params.entries) <= MOST_ENTRIES:
        raise SesError(f"The number of entries must be between 1 and {MOST_ENTRIES}.")
    if not params.sender:
        raise SesError("Missing required header 'From'.")
    choice, renderer = params.content.template, new_renderer()
    data, version = read_data(choice.data), _version(call, choice)

    def prepare_entry(entry: BulkEntry) -> Prepared:
        given = entry.content.template.data if entry.content and entry.content.template else "{}"
        headers = {header.name.lower(): header for header in (*choice.headers, *entry.headers)}
        tags = {tag.name: tag for tag in (*params.tags, *entry.tags)}
        letter = Letter(
            sender=params.sender or "",
            destination=entry.destination,
            reply_to=params.reply_to,
            headers=tuple(headers.values()),
            attachments=choice.attachments,
        )
        options = replace(_options(params), tags=tuple(tags.values()))
        return _prepare_template(
            call, letter, version, merged(data, read_data(given)), renderer=renderer, options=options
        )

    return submit_each(call, params.entries, prepare_entry, failed, succeeded)


def prepare(call: SesCall, params: Email) -> Prepared:
    """Return the id of a message, and what to send. Raise SesError."""
    content, options = params.content, _options(params)
    if sum(each is not None for each in (content.simple, content.raw, content.template)) != 1:
        raise SesError("The content must be one of Simple, Raw and Template.")
    if content.raw is not None:
        raw = raw_content(content.raw.data)
        to = params.destination
        found = recipients(to) if to is not None and (to.to or to.cc or to.bcc) else raw_recipients(raw)
        return prepare_raw(call, raw, found, options, sender=params.sender, reply_to=params.reply_to)
    if not params.sender:
        raise SesError("Missing required header 'From'.")
    letter = Letter(sender=params.sender, destination=params.destination or Destination(), reply_to=params.reply_to)
    if content.template is not None:
        choice = content.template
        data, version = read_data(choice.data), _version(call, choice)
        letter = replace(letter, headers=choice.headers, attachments=choice.attachments)
        return _prepare_template(call, letter, version, data, renderer=new_renderer(), options=options)
    simple = content.simple
    if simple is None or (simple.body.text is None and simple.body.html is None):
        raise SesError("The body must have a Text or an Html part.")
    letter = replace(
        letter,
        subject=simple.subject.data,
        text=None if simple.body.text is None else simple.body.text.data,
        html=None if simple.body.html is None else simple.body.html.data,
        headers=simple.headers,
        attachments=simple.attachments,
    )
    return prepare_letter(call, letter, options)


def _prepare_template(
    call: SesCall,
    letter: Letter,
    version: TemplateVersion,
    data: dict[str, Any],
    *,
    renderer: Renderer,
    options: SendOptions,
) -> Prepared:
    failure = None
    try:
        version = render(renderer, version, data)
    except TemplateError as error:
        failure = failure_of(error)
    letter = replace(letter, subject=version.subject, text=version.text, html=version.html)
    return prepare_letter(call, letter, replace(options, template=version.id, data=data), failure)


def _options(params: Email | BulkEmail) -> SendOptions:
    return SendOptions(tags=params.tags, configuration_set=params.configuration_set, return_path=params.return_path)


def _version(call: SesCall, choice: TemplateChoice) -> TemplateVersion:
    if choice.content is not None:
        check_content(choice.content)
        return version_of("", choice.content)
    name = choice.name or (choice.arn or "").rpartition("template/")[2]
    if not name:
        raise SesError("The template must have a TemplateName, a TemplateArn or a TemplateContent.")
    version = find_template(call, name).version
    return version_of(name, TemplateContent()) if version is None else version


def _failed(error: VendorError) -> dict[str, Any]:
    code = error.code if isinstance(error, SesError) else ""
    return {"Status": STATUSES.get(code, "INVALID_PARAMETER"), "Error": str(error)}


def _succeeded(results: list[Any]) -> dict[str, Any]:
    return {
        "BulkEmailEntryResults": [
            {"Status": "SUCCESS", "MessageId": result} if isinstance(result, str) else result for result in results
        ]
    }
