"""Postmark's refusals (docs/wire/postmark.md 3)."""

from __future__ import annotations

from mockmail.core.errors import VendorError


class PostmarkError(VendorError):
    """A refusal. code: Postmark's ErrorCode; 300 is an invalid request."""

    def __init__(self, message: str, code: int = 300, status: int = 422) -> None:
        super().__init__(message)
        self.status = status
        self.headers = (("X-PM-ApiErrorCode", str(code)),)
        self.document = {"ErrorCode": code, "Message": message}
