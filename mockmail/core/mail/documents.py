"""A message as a snapshot has it: a JSON document, there and back."""

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
"""The largest number of an exchange: SQLite takes none beyond it."""


def document_of(message: Message) -> dict[str, Any]:
    """All of a message but its cursor."""
    return {
        "id": message.id,
        "received_at": message.received_at.isoformat(),
        "raw": base64.b64encode(message.raw).decode("ascii"),
        "envelope": asdict(message.envelope),
        "sent_by": asdict(message.sent_by),
        "deliveries": [asdict(delivery) for delivery in message.deliveries],
    }


def arguments_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the mail store's `add` takes to keep the message of a document that was checked."""
    return {
        "message_id": document["id"],
        "received_at": datetime.fromisoformat(document["received_at"]).isoformat(),
        "raw": base64.b64decode(document["raw"], validate=True),
        "envelope": Envelope.from_document(document["envelope"]),
        "sent_by": SentBy(**document["sent_by"]),
        "deliveries": [Delivery(**delivery) for delivery in document.get("deliveries", ())],
    }


def check_message(document: object, where: str) -> None:
    """Raise SeedError, which names the place, what was expected and what came, where no message can be made of it."""
    message = _object(document, where, required=("id", "received_at", "raw", "envelope", "sent_by"))
    _known(message, ("id", "received_at", "raw", "envelope", "sent_by", "deliveries"), where)
    if not isinstance(message["id"], str) or not message["id"]:
        raise SeedError(f"{where}.id: expected a string that is not empty, came {message['id']!r:.80}")
    try:
        datetime.fromisoformat(message["received_at"])
    except (TypeError, ValueError):
        came = message["received_at"]
        raise SeedError(
            f"{where}.received_at: expected a moment such as 2026-01-31T12:00:00+00:00, came {came!r:.80}"
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
    for number, one in enumerate(deliveries):
        _check(Delivery, one, f"{where}.deliveries[{number}]")
        _check_columns({"vendor": one["vendor"]}, f"{where}.deliveries[{number}]")
        if one["vendor"] is None and one["mailbox"] is not None:
            raise SeedError(f"{where}.deliveries[{number}].vendor: a mailbox is a vendor's, came null")
    _check_columns({"id": message["id"]}, where)
    _check_columns(message["sent_by"], f"{where}.sent_by")


def _check(model: Any, document: object, where: str) -> None:
    """Raise SeedError where a document does not fit a dataclass of texts, numbers and lists of texts."""
    fields = dataclasses.fields(model)
    given = _object(document, where, required=[one.name for one in fields if one.default is dataclasses.MISSING])
    _known(given, [one.name for one in fields], where)
    hints = typing.get_type_hints(model)
    for name, value in given.items():
        kinds = typing.get_args(hints[name]) or (hints[name],)
        if typing.get_origin(hints[name]) is tuple:
            if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
                raise SeedError(f"{where}.{name}: expected an array of strings, came {value!r:.80}")
        elif not isinstance(value, kinds) or isinstance(value, bool):
            words = " or ".join(_WORDS[kind] for kind in kinds)
            raise SeedError(f"{where}.{name}: expected {words}, came {value!r:.80}")


def _check_columns(fields: Mapping[str, Any], where: str) -> None:
    """Raise SeedError for what a column of the mail store's does not take."""
    for name, value in fields.items():
        if isinstance(value, str) and storable(value) != value:
            raise SeedError(f"{where}.{name}: expected whole characters, came {value!r:.80}")
        if isinstance(value, int) and not 0 <= value <= LARGEST:
            raise SeedError(f"{where}.{name}: expected a number from 0 to {LARGEST}, came {value!r:.80}")


def _object(document: object, where: str, required: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise SeedError(f"{where}: expected an object, came {document!r:.80}")
    for name in required:
        if name not in document:
            raise SeedError(f"{where}.{name}: is required and missing")
    return document


def _known(document: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in document:
        if name not in names:
            raise SeedError(f"{where}.{str(name)[:80]}: no such field; there are {', '.join(names)}")
