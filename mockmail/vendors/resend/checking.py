"""What Resend checks of a message before it accepts it (docs/wire/resend.md 3)."""

from __future__ import annotations

import re

from mockmail.core.senders.records import Identity
from mockmail.vendors.resend.authentication import ResendCall
from mockmail.vendors.resend.composing import LISTS, Addresses, as_list
from mockmail.vendors.resend.errors import ResendError, missing
from mockmail.vendors.resend.parameters import Email
from mockmail.vendors.resend.records import Account
from mockmail.vendors.resend.sender import TEST_DOMAIN

MOST_ADDRESSES = 50
EXAMPLE_DOMAINS = frozenset({"example.com", "example.net", "example.org", "test.com"})
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")


def check(call: ResendCall, email: Email) -> Addresses:
    """Return the mailboxes of a message. Raise ResendError for a message that Resend refuses."""
    _check_presence(email)
    for field in LISTS:
        if len(as_list(getattr(email, field))) > MOST_ADDRESSES:
            raise ResendError(f"The `{field}` field may have up to {MOST_ADDRESSES} addresses.")
    addresses = Addresses.of(email)
    if call.options.refuses_example_domains:
        _check_domains(addresses)
    if email.scheduled_at is not None and email.attachments:
        raise ResendError("The `attachments` field is not supported with `scheduled_at`.")
    for tag in email.tags:
        if not _TAG.fullmatch(tag.name) or not _TAG.fullmatch(tag.value):
            raise ResendError("Tags should only contain ASCII letters, numbers, underscores, or dashes.")
    _check_sender(call, addresses)
    return addresses


def _check_presence(email: Email) -> None:
    if not email.sender:
        raise missing("from")
    if not email.to:
        raise missing("to")
    if email.subject is None:
        raise missing("subject")
    if not email.html and not email.text:
        raise ResendError("Missing `html` or `text` field.", "missing_required_field")


def _check_domains(addresses: Addresses) -> None:
    for field, mailboxes in addresses.recipients.items():
        if any(domain_of(mailbox.address) in EXAMPLE_DOMAINS for mailbox in mailboxes):
            raise ResendError(
                f"Invalid `{field}` field. Please use our testing email address instead of domains like `example.com`."
            )


def _check_sender(call: ResendCall, addresses: Addresses) -> None:
    domain = domain_of(addresses.sender.address)
    if domain == TEST_DOMAIN:
        _check_testing(call, addresses)
        return
    identity = call.records(Identity).get(domain)
    if identity is None or not identity.verified:
        raise ResendError(
            f"The {domain} domain is not verified. Please, add and verify your domain on https://resend.com/domains",
            status=403,
        )
    key = call.caller.key
    if key.domain_id not in (None, identity.id):
        raise ResendError(f"This API key is not authorized to send emails from {domain}", status=403)


def _check_testing(call: ResendCall, addresses: Addresses) -> None:
    """Raise ResendError for a message from Resend's own domain to somebody else than the owner of the account."""
    account = call.records(Account).get(Account.key)
    own = account.email if account else ""
    for mailboxes in addresses.recipients.values():
        for mailbox in mailboxes:
            if mailbox.address.lower() != own.lower() and domain_of(mailbox.address) != TEST_DOMAIN:
                raise ResendError(
                    f"You can only send testing emails to your own email address ({own}). To send emails to other"
                    " recipients, please verify a domain at resend.com/domains, and change the `from` address to an"
                    " email using this domain.",
                    status=403,
                )


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case."""
    return address.rpartition("@")[2].lower()
