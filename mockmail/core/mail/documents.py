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
    message = _object(document, where, required=("id", "received_at", "raw", "envelope", "sent_by"))
    _check_names(message, ("id", "received_at", "raw", "envelope", "sent_by", "deliveries"), where)
    if not isinstance(message["id"], str) or not message["id"]:
        raise SeedError(f"{where}.id: expected a string that is not empty, came {message['id']!r:.80}")
    try:
        datetime.fromisoformat(message["received_at"])
    except (TypeError, ValueError):
        came = message["received_at"]
        raise SeedError(
            f"{where}.received_at: expected a timestamp such as 2026-01-31T12:00:00+00:00, came {came!r:.80}"
        ) from None
    try:
        base64.b64decode(message["raw"], validate=True)
    except (TypeError, ValueError):
        raise SeedError(f"{where}.raw: expected a string of base64, came {message['raw']!r:.80}") from None
    _check(Envelope, message["envelope"], f"{where}.envelope")
    _check(SentBy, message["sent_by"], f"{where}.sent_by")
    deliveries = message.get("deliveries", [])
    if not isinstance(deliveries, list):
        raise SeedError(f"{where}.deliveries: expected an array, came {deliveries!r:.80}")
    for number, delivery in enumerate(deliveries):
        path = f"{where}.deliveries[{number}]"
        _check(Delivery, delivery, path)
        _check_columns({"vendor": delivery["vendor"]}, path)
        if delivery["vendor"] is None and delivery["mailbox"] is not None:
            raise SeedError(f"{path}.vendor: expected the name of the mailbox's vendor, came null")
    _check_columns({"id": message["id"]}, where)
    _check_columns(message["sent_by"], f"{where}.sent_by")


def _check(model: Any, document: object, where: str) -> None:
    fields = dataclasses.fields(model)
    required = [field.name for field in fields if field.default is dataclasses.MISSING]
    given = _object(document, where, required)
    _check_names(given, [field.name for field in fields], where)
    hints = typing.get_type_hints(model)
    for name, value in given.items():
        kinds = typing.get_args(hints[name]) or (hints[name],)
        if typing.get_origin(hints[name]) is tuple:
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                raise SeedError(f"{where}.{name}: expected an array of strings, came {value!r:.80}")
        elif not isinstance(value, kinds) or isinstance(value, bool):
            words = " or ".join(_WORDS[kind] for kind in kinds)
            raise SeedError(f"{where}.{name}: expected {words}, came {value!r:.80}")


def _check_columns(fields: Mapping[str, Any], where: str) -> None:
    for name, value in fields.items():
        if isinstance(value, str) and storable(value) != value:
            raise SeedError(f"{where}.{name}: expected no surrogates, came {value!r:.80}")
        if isinstance(value, int) and not 0 <= value <= LARGEST:
            raise SeedError(f"{where}.{name}: expected a number from 0 to {LARGEST}, came {value!r:.80}")


def _object(document: object, where: str, required: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise SeedError(f"{where}: expected an object, came {document!r:.80}")
    for name in required:
        if name not in document:
            raise SeedError(f"{where}.{name}: is required and missing")
    return document


def _check_names(document: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in document:
        if name not in names:
            raise SeedError(f"{where}.{str(name)[:80]}: no such field; there are {', '.join(names)}")
