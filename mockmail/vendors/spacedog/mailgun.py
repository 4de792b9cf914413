"""Mailgun, as SpaceDog's responses show it: its status, and its text in the field `mailgun` (docs/wire/spacedog.md 6).

Mailgun's texts are those of 2016 to 2018, with names in quotes (docs/wire/spacedog.md 6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockmail.core.mail.compose import HeadTooLong, Mailbox
from mockmail.core.mail.outgoing import Outcome, Send
from mockmail.vendors.spacedog.authentication import SpaceDogCall
from mockmail.vendors.spacedog.errors import IllegalArgument, MailgunRefusal, ServerFailure
from mockmail.vendors.spacedog.outgoing import BadAddress, Mail, compose_message, parse_addresses
from mockmail.vendors.spacedog.records import MailgunDomain
from mockmail.vendors.spacedog.views import Result, success

_REQUIRED = ("from", "to")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def send(call: SpaceDogCall, account: Mapping[str, str | None], mail: Mail) -> Send:
    """Send a mail by an account of the backend: its domain and key. Raise MailgunRefusal.

    Raise IllegalArgument if the key, the sender or the subject is missing, ServerFailure if the domain is.
    """
    domain, key = account["domain"], account["key"]
    if key is None:
        raise IllegalArgument("[password] is null")  # the key is the password of Mailgun's Basic authentication
    _check_required(mail)
    if domain is None:
        raise ServerFailure("", "java.lang.NullPointerException")
    if not call.options.mailgun_takes_any_key:
        _check_account(call, domain, key)
    return send_by_domain(call, domain, mail)


def send_by_domain(call: SpaceDogCall, domain: str, mail: Mail) -> Send:
    """Send a mail by a domain, without a check of the account. Raise IllegalArgument, MailgunRefusal."""
    _check_required(mail)
    if not _DOMAIN.fullmatch(domain):
        raise _unknown_domain(domain)
    sender = _mailboxes(mail.sender, "from")
    fields = (("to", mail.to or ("",)), ("cc", mail.cc), ("bcc", mail.bcc))
    # Of several values under one name, SpaceDog's HTTP client sends the last.
    recipients = [_mailboxes(values[-1], name) if values else () for name, values in fields]
    if not mail.text and not mail.html:
        raise MailgunRefusal(400, {"message": "Need at least one of 'text' or 'html' parameters specified"})
    message_id = _message_id(call, domain)

    def then(outcome: Outcome) -> Result:
        if outcome.failure is not None:
            raise MailgunRefusal(400, {"message": outcome.failure.text})
        return success(mailgun={"id": message_id, "message": "Queued. Thank you."})

    try:
        message = compose_message(call.world, mail, sender[0], recipients, message_id)
    except HeadTooLong as error:
        raise MailgunRefusal(400, {"message": "message headers are too large"}) from error
    return Send(message=message, then=then)


def _check_required(mail: Mail) -> None:
    for name, value in (("from", mail.sender), ("subject", mail.subject)):
        if value is None:
            raise IllegalArgument(f"[form field {name}] is null")


def _message_id(call: SpaceDogCall, domain: str) -> str:
    first, second = (call.world.ids.number(10_000, 99_999) for _ in range(2))
    return f"<{call.world.clock.now():%Y%m%d%H%M%S}.{first}.{second}@{domain}>"


def _check_account(call: SpaceDogCall, domain: str, key: str) -> None:
    domains = call.records(MailgunDomain)
    if domains.count("account", key) == 0:
        raise MailgunRefusal(401, "Forbidden")
    found = domains.get(domain)
    if found is None or found.accountKey != key:
        raise _unknown_domain(domain)


def _unknown_domain(domain: str) -> MailgunRefusal:
    return MailgunRefusal(404, {"message": f"Domain not found: {domain}"})


def _mailboxes(text: str | None, name: str) -> tuple[Mailbox, ...]:
    if name in _REQUIRED and not (text and text.strip()):
        raise MailgunRefusal(400, {"message": f"'{name}' parameter is missing"})
    try:
        found = parse_addresses(text or "")
    except BadAddress:
        found = ()
    if not found:
        message = f"'{name}' parameter is not a valid address. please check documentation"
        raise MailgunRefusal(400, {"message": message})
    return found
