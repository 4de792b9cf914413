"""Convert messages to the JSON documents of a snapshot, and check and read such documents."""

from __future__ import annotations

import base64
import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mockmail.core.errors import SeedError
from mockmail.core.mail.criteria import storable
from mockmail.core.mail.message import Delivery, Envelope, Message, SentBy

_WORDS = {str: "a string", int: "an integer", types.NoneType: "null"}

LARGEST = 2**63 - 1
"""The largest integer that SQLite stores."""


def document_of(message: Message) -> dict[str, Any]:
    """Return the document of a message: all its fields except the cursor."""
    return {
        "id": message.id,
        "received_at": message.received_at.isoformat(),
        "raw": base64.b64encode(message.raw).decode("ascii"),
        "envelope": asdict(message.envelope),
        "sent_by": asdict(message.sent_by),
        "deliveries": [asdict(delivery) for delivery in message.deliveries],
    }


def arguments_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `MailStore.add` for a document that `check_message` accepts."""
    return {
        "message_id": document["id"],
        "received_at": datetime.fromisoformat(document["received_at"]).isoformat(),
        "raw": base64.b64decode(document["raw"], validate=True),
        "envelope": Envelope.from_document(document["envelope"]),
        "sent_by": SentBy(**document["sent_by"]),
        "deliveries": [Delivery(**delivery) for delivery in document.get("deliveries", ())],
    }


def check_message(document: object, where: str) -> None:
    """Raise SeedError, with the path and what was expected there, unless the document describes a message."""
    required = ("id", "received_at", "raw", "envelope", "sent_by")
    message = _checked_object(document, where, required, (*required, "deliveries"))
    if not isinstance(message["id"], str) or not message["id"]:
        raise _mismatch(f"{where}.id", "a string that is not empty", message["id"])
    try:
        datetime.fromisoformat(message["received_at"])
    except (TypeError, ValueError):
        expected = "a timestamp such as 2026-01-31T12:00:00+00:00"
        raise _mismatch(f"{where}.received_at", expected, message["received_at"]) from None
    try:
        base64.b64decode(message["raw"], validate=True)
    except (TypeError, ValueError):
        raise _mismatch(f"{where}.raw", "a string of base64", message["raw"]) from None
    _check_fields(Envelope, message["envelope"], f"{where}.envelope")
    _check_fields(SentBy, message["sent_by"], f"{where}.sent_by")
    deliveries = message.get("deliveries", [])
    if not isinstance(deliveries, list):
        raise _mismatch(f"{where}.deliveries", "an array", deliveries)
    for number, delivery in enumerate(deliveries):
        path = f"{where}.deliveries[{number}]"
        _check_fields(Delivery, delivery, path)
        _check_columns({"vendor": delivery["vendor"]}, path)
        if delivery["vendor"] is None and delivery["mailbox"] is not None:
            raise _mismatch(f"{path}.vendor", "the name of the mailbox's vendor", None)
    _check_columns({"id": message["id"]}, where)
    _check_columns(message["sent_by"], f"{where}.sent_by")


def _check_fields(model: Any, document: object, where: str) -> None:
    fields = dataclasses.fields(model)
    required = [field.name for field in fields if field.default is dataclasses.MISSING]
    types_of_fields = typing.get_type_hints(model)
    for name, value in _checked_object(document, where, required, [field.name for field in fields]).items():
        hint = types_of_fields[name]
        if typing.get_origin(hint) is tuple:
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                raise _mismatch(f"{where}.{name}", "an array of strings", value)
        elif not isinstance(value, hint) or isinstance(value, bool):
            kinds = typing.get_args(hint) or (hint,)
            raise _mismatch(f"{where}.{name}", " or ".join(_WORDS[kind] for kind in kinds), value)


def _check_columns(fields: Mapping[str, Any], where: str) -> None:
    for name, value in fields.items():
        if isinstance(value, str) and storable(value) != value:
            raise _mismatch(f"{where}.{name}", "no surrogates", value)
        if isinstance(value, int) and not 0 <= value <= LARGEST:
            raise _mismatch(f"{where}.{name}", f"a number from 0 to {LARGEST}", value)


def _checked_object(document: object, where: str, required: Sequence[str], known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise _mismatch(where, "an object", document)
    for name in required:
        if name not in document:
            raise SeedError(f"{where}.{name}: is required and missing")
    for name in document:
        if name not in known:
            raise SeedError(f"{where}.{str(name)[:80]}: no such field; there are {', '.join(known)}")
    return document


def _mismatch(path: str, expected: str, value: object) -> SeedError:
    return SeedError(f"{path}: expected {expected}, came {'null' if value is None else repr(value)[:80]}")
