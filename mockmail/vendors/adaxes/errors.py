"""Adaxes' refusals, each with its HTTP status and its body (docs/wire/adaxes.md 3).

VendorError
└── AdaxesError             an Error object: message and code
    ├── BadRequest          400, with modelState: what is wrong with each member
    ├── Unauthenticated     401: no token, or none that is good
    ├── LoginRefused        403, with innerError: why somebody could not log in
    ├── Forbidden           403: the account may not, or nobody may
    ├── NotFound            404: no such object
    └── OperationFailed     an operation that was tried and failed
        └── FailedResult    the same as an operation result, status 200
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockmail.core.errors import VendorError


class AdaxesError(VendorError):
    """An Error object. code: the vendor's short word for it, of which only `unauthenticated` is known."""

    status = 500
    code = "internalServerError"

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"message": str(self), "code": self.code}


class BadRequest(AdaxesError):
    """What is wrong, member by member; the member "" is the body itself."""

    status = 400
    code = "badRequest"

    def __init__(self, model_state: Mapping[str, Sequence[str]]) -> None:
        super().__init__("The request is invalid.")
        self.model_state = model_state

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        return {**super().document(), "modelState": dict(self.model_state)}


class Unauthenticated(AdaxesError):
    """No token, or none that is good."""

    status = 401
    code = "unauthenticated"


class LoginRefused(AdaxesError):
    """Why somebody could not log in.

    reason: invalidCredentials, accessDenied, accountIsDisabled, accountLockedOut, accountExpired, logonTimeIncorrect.
    attempts_left: with invalidCredentials, how many more lock the account.
    """

    status = 403
    code = "forbidden"

    def __init__(self, reason: str, message: str, attempts_left: int | None = None) -> None:
        super().__init__("Authentication failed.")
        self.inner: dict[str, Any] = {"message": message, "code": reason}
        if attempts_left is not None:
            self.inner["attemptsLeft"] = attempts_left

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        return {**super().document(), "innerError": self.inner}


class Forbidden(AdaxesError):
    """The account may not, or nobody may."""

    status = 403
    code = "forbidden"


class NotFound(AdaxesError):
    """There is no such object."""

    status = 404
    code = "notFound"


class OperationFailed(AdaxesError):
    """An operation that was tried and failed, as an HTTP error."""

    status = 500
    code = "operationFailed"


class FailedResult(OperationFailed):
    """An operation that was tried and failed, as an operation result with resultType 1."""

    status = 200

    def __init__(self, message: str, result: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.result = result

    def document(self) -> dict[str, Any]:
        """The operation result."""
        return dict(self.result)
