"""The vendors: one package each, found by `discover`."""

from __future__ import annotations

from typing import Generic, TypeVar

H = TypeVar("H")


class VendorAttributes(Generic[H]):
    """Declares an attribute for each vendor of this folder, so that type checkers and editors know them."""

    adaxes: H
    atmail: H
    brevo: H
    mailgun: H
    onlyoffice: H
    postmark: H
    rackspace: H
    resend: H
    sendgrid: H
    ses: H
    spacedog: H
