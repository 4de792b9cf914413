"""Convert messages to the JSON documents of a snapshot, and check and read such documents."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from mockmail.core.errors import InvalidValue, SeedError
from mockmail.core.mail.marks import check_tags
from mockmail.core.mail.message import Delivery, Envelope, Message, SentBy
from mockmail.core.mail.terms import storable
from mockmail.core.state.records import LARGEST, fitted


@dataclass(frozen=True, slots=True)
class MessageDocument:
    """The fields of a message's document, all except the cursor. raw: in base64."""

    id: str
    received_at: str
    raw: str
    envelope: dict[str, Any]
    sent_by: dict[str, Any]
    deliveries: tuple[dict[str, Any], ...] = ()
    is_read: bool = False
    tags: tuple[str, ...] = ()


def document_of(message: Message) -> dict[str, Any]:
    """Return the document of a message."""
    return {
        "id": message.id,
        "received_at": message.received_at.isoformat(),
        "raw": base64.b64encode(message.raw).decode("ascii"),
        "envelope": asdict(message.envelope),
        "sent_by": asdict(message.sent_by),
        "deliveries": [asdict(delivery) for delivery in message.deliveries],
        "is_read": message.is_read,
        "tags": list(message.tags),
    }


def read_message(document: object, where: str) -> dict[str, Any]:
    """Return the arguments of `MailStore.add` for a message's document.

    Raise SeedError, which names the path (`where`), the expected value and the given one.
    """
    given = fitted(MessageDocument, document, where)
    if not given.id:
        raise _mismatch(f"{where}.id", "a string that is not empty", given.id)
    try:
        received_at = _in_utc(datetime.fromisoformat(given.received_at)).isoformat()
    except (OverflowError, ValueError):
        expected = "a timestamp such as 2026-01-31T12:00:00+00:00"
        raise _mismatch(f"{where}.received_at", expected, given.received_at) from None
    try:
        raw = base64.b64decode(given.raw, validate=True)
    except ValueError:
        raise _mismatch(f"{where}.raw", "a string of base64", given.raw) from None
    try:
        tags = check_tags(given.tags)
    except InvalidValue as error:
        raise SeedError(f"{where}.tags: {error}") from error
    _check_columns({"id": given.id}, where)
    _check_columns(given.sent_by, f"{where}.sent_by")
    return {
        "message_id": given.id,
        "received_at": received_at,
        "raw": raw,
        "envelope": fitted(Envelope, given.envelope, f"{where}.envelope"),
        "sent_by": fitted(SentBy, given.sent_by, f"{where}.sent_by"),
        "deliveries": [
            _delivery(delivery, f"{where}.deliveries[{number}]") for number, delivery in enumerate(given.deliveries)
        ],
        "is_read": given.is_read,
        "tags": tags,
    }


def _in_utc(moment: datetime) -> datetime:
    # A search compares the texts of timestamps.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _delivery(document: Mapping[str, Any], where: str) -> Delivery:
    delivery = fitted(Delivery, document, where)
    _check_columns({"vendor": delivery.vendor}, where)
    if delivery.vendor is None and delivery.mailbox is not None:
        raise _mismatch(f"{where}.vendor", "the name of the mailbox's vendor", None)
    return delivery


def _check_columns(fields: Mapping[str, Any], where: str) -> None:
    for name, value in fields.items():
        if isinstance(value, str) and storable(value) != value:
            raise _mismatch(f"{where}.{name}", "no surrogates", value)
        if isinstance(value, int) and not 0 <= value <= LARGEST:
            raise _mismatch(f"{where}.{name}", f"a number from 0 to {LARGEST}", value)


def _mismatch(path: str, expected: str, value: object) -> SeedError:
    return SeedError(f"{path}: expected {expected}, got {'null' if value is None else repr(value)[:80]}")
