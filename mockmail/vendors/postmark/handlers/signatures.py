"""`/senders`: addresses that may be senders, with the account token (docs/wire/postmark.md 8)."""

from __future__ import annotations

from typing import Any

from mockmail.core.errors import NotAnAddress
from mockmail.core.mail.addresses import validate_address
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.records import Identity
from mockmail.vendors.postmark.account_parameters import NewSignature, SignatureChange
from mockmail.vendors.postmark.account_views import sender_document, sender_summary
from mockmail.vendors.postmark.authentication import AccountCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.handlers.domains import find_identity, new_identity
from mockmail.vendors.postmark.paging import page
from mockmail.vendors.postmark.parameters import Page


def index(call: AccountCall, params: Page) -> Any:
    """List the sender signatures of the account."""
    found = [identity for identity in call.records(Identity) if "@" in identity.name]
    return {"TotalCount": len(found), "SenderSignatures": [sender_summary(each) for each in page(params, found)]}


def create(call: AccountCall, params: NewSignature) -> Any:
    """Add a sender signature; it is confirmed if its domain is verified."""
    try:
        address = validate_address(params.address).lower()
    except NotAnAddress as error:
        raise PostmarkError(f"The 'FromEmail' must be an address, not '{params.address:.80}'.", code=520) from error
    if not params.name:
        raise PostmarkError("The 'Name' of the sender signature is missing.", code=501)
    sender = new_identity(call, address, {})
    return _change(call, sender.replace(verified=is_verified(call.records(Identity), address)), params)


def show(call: AccountCall, params: None) -> Any:
    """Return one sender signature."""
    return sender_document(_sender(call))


def edit(call: AccountCall, params: SignatureChange) -> Any:
    """Change the fields of a sender signature that are given."""
    return _change(call, _sender(call), params)


def delete(call: AccountCall, params: None) -> Any:
    """Remove a sender signature."""
    sender = _sender(call)
    call.records(Identity).remove(sender.key)
    return {"ErrorCode": 0, "Message": f"Signature {sender.name} removed."}


def resend(call: AccountCall, params: None) -> Any:
    """Respond as after a confirmation mail; none is sent."""
    sender = _sender(call)
    if sender.verified:
        raise PostmarkError("This signature has already been confirmed.", code=506)
    return {"ErrorCode": 0, "Message": f"Confirmation email for Sender Signature {sender.name} was re-sent."}


def verify_spf(call: AccountCall, params: None) -> Any:
    """Return the sender signature, whose SPF record always counts as verified."""
    return sender_document(_sender(call))


def _change(call: AccountCall, sender: Identity, params: SignatureChange) -> Any:
    changed = {
        "name": params.name,
        "reply_to": params.reply_to,
        "return_path": params.return_path,
        "note": params.note,
    }
    details = {**sender.details, **{name: value for name, value in changed.items() if value is not None}}
    return sender_document(call.records(Identity).put(sender.replace(details=details)))


def _sender(call: AccountCall) -> Identity:
    found = find_identity(call, call.path["signature"], is_address=True)
    if found is None:
        raise PostmarkError("This sender signature was not found.", code=501)
    return found
