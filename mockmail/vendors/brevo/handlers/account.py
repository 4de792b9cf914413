"""`GET /v3/account`: the call by which applications try their key (docs/wire/brevo.md 6)."""

from __future__ import annotations

from mockmail.vendors.brevo.authentication import BrevoCall
from mockmail.vendors.brevo.records import Account
from mockmail.vendors.brevo.views import Document, account_document


def show(call: BrevoCall, params: None) -> Document:
    """Return the account."""
    return account_document(account_of(call))


def account_of(call: BrevoCall) -> Account:
    """Return the record of the account."""
    return call.records(Account).get(Account.key) or Account(email="owner@example.com")
