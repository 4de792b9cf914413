"""The certificate that verifies the notifications of SNS (docs/wire/ses.md 8)."""

from __future__ import annotations

from mockmail.core.exchange import WireResponse
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.sns import certificate


def show(call: SesCall, params: None) -> WireResponse:
    """Return the certificate that notifications are signed with."""
    return WireResponse(200, certificate(), (("Content-Type", "application/x-pem-file"),))
