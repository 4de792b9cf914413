"""Operation results: how an operation went, as Adaxes reports it (wire/adaxes.md 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from mockmail.vendors.adaxes.errors import FailedResult, OperationFailed
from mockmail.vendors.adaxes.options import AdaxesOptions


class ResultType(IntEnum):
    """The outcome of an operation."""

    SUCCEEDED = 0
    FAILED = 1
    SUSPENDED = 2


class MessageType(IntEnum):
    """What a message in a result is about."""

    ERROR = 0
    WARNING = 1
    INFORMATION = 2
    TRIGGERED_OPERATION = 3
    APPROVAL_REQUIRED = 4
    FAILURE_AUDIT = 5
    SUCCESS_AUDIT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A line of an operation's log, and the lines that belong to it."""

    text: str
    type: MessageType
    source: str | None = None
    inner: tuple[Message, ...] = ()

    def document(self) -> dict[str, Any]:
        """The message as it is written."""
        inner = [message.document() for message in self.inner]
        return {"source": self.source, "text": self.text, "messageType": int(self.type), "innerMessages": inner}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResult:
    """How an operation went. exception: why it failed. dn: of the object, where the operation reports it."""

    type: ResultType = ResultType.SUCCEEDED
    messages: tuple[Message, ...] = ()
    exception: str | None = None
    dn: str | None = None

    def document(self, options: AdaxesOptions) -> dict[str, Any]:
        """The result in the page's order; newer versions say `noChanges` too."""
        return {
            "resultType": int(self.type),
            "innerMessages": [message.document() for message in self.messages],
            "exception": None if self.exception is None else {"message": self.exception},
            "actualObjectDN": self.dn,
            **({"noChanges": False} if options.no_changes else {}),
            "extraInfo": {},
        }


def failure(options: AdaxesOptions, message: str, dn: str | None = None) -> OperationFailed:
    """The error to raise for an operation that was tried and failed, in the form that the options ask for."""
    if options.failures_as_http:
        return OperationFailed(message)
    result = OperationResult(type=ResultType.FAILED, exception=message, dn=dn)
    return FailedResult(message, result.document(options))
