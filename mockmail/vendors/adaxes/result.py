"""Operation results: how an operation went, as Adaxes reports it (docs/wire/adaxes.md 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from mockmail.core.errors import SeedError
from mockmail.vendors.adaxes.errors import FailedResult, OperationFailed
from mockmail.vendors.adaxes.options import Options


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


DEEPEST = 20
"""How deep a rule's messages may nest."""

MEMBERS = ("text", "messageType", "source", "innerMessages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A line of an operation's log, and the lines that belong to it."""

    text: str
    type: MessageType
    source: str | None = None
    inner: tuple[Message, ...] = ()

    @classmethod
    def of(cls, document: object, where: str) -> Self:
        """From a seed: `{"text", "messageType", "source", "innerMessages"}`, the type by number or name.

        Raises SeedError.
        """
        if not isinstance(document, Mapping) or not isinstance(document.get("text"), str):
            raise SeedError(f'{where}: expected a message such as {{"text": "Hello"}}, came {document!r}')
        unknown = [name for name in document if name not in MEMBERS]
        if unknown:
            raise SeedError(f"{where}.{unknown[0]}: no such member; a message has {', '.join(MEMBERS)}")
        if where.count(".innerMessages[") > DEEPEST:
            raise SeedError(f"{where}: messages nest at most {DEEPEST} levels deep")
        inner, source = document.get("innerMessages") or [], document.get("source")
        if not isinstance(inner, list | tuple) or not isinstance(source, str | None):
            raise SeedError(f"{where}: innerMessages is an array of messages, source a string or null")
        return cls(
            text=document["text"],
            type=_message_type(document.get("messageType", "information"), f"{where}.messageType"),
            source=source,
            inner=tuple(cls.of(one, f"{where}.innerMessages[{number}]") for number, one in enumerate(inner)),
        )

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

    def document(self, options: Options) -> dict[str, Any]:
        """The result in the page's order; newer versions say `noChanges` too."""
        return {
            "resultType": int(self.type),
            "innerMessages": [message.document() for message in self.messages],
            "exception": None if self.exception is None else {"message": self.exception},
            "actualObjectDN": self.dn,
            **({"noChanges": False} if options.no_changes else {}),
            "extraInfo": {},
        }


def failure(
    options: Options, message: str, dn: str | None = None, messages: tuple[Message, ...] = ()
) -> OperationFailed:
    """The error to raise for an operation that was tried and failed, in the form that the options ask for."""
    if options.failures_as_http:
        return OperationFailed(message)
    result = OperationResult(type=ResultType.FAILED, messages=messages, exception=message, dn=dn)
    return FailedResult(message, result.document(options))


def _message_type(given: object, where: str) -> MessageType:
    for one in MessageType:
        if given == int(one) or (
            isinstance(given, str) and given.replace("_", "").upper() == one.name.replace("_", "")
        ):
            return one
    names = ", ".join(f"{int(one)} {one.name.lower()}" for one in MessageType)
    raise SeedError(f"{where}: expected one of {names}, came {given!r}")
