"""A message as the mail store's tables have it, there and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from mockmail.core.mail.contents import Contents
from mockmail.core.mail.criteria import storable
from mockmail.core.mail.message import (
    Delivery,
    Message,
    SentBy,
    envelope_from_json,
    envelope_to_json,
)

COLUMNS = "seq, id, received_at, raw, envelope, client, vendor, operation, exchange, relay"


def insert(db: sqlite3.Connection, messages: Sequence[Message], apart: Contents | None) -> None:
    """Write messages, where they were delivered, and what that adds to the totals.

    apart: who holds their bytes and envelopes, where the rows do not.
    """
    sql = f"INSERT INTO message ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # our own names
    db.executemany(sql, map(_whole_row if apart is None else _light_row, messages))
    for message in messages:
        _deliver(db, message)
    db.execute(
        "UPDATE total SET messages = messages + ?, octets = octets + ?, exchange = max(exchange, ?)",
        (len(messages), sum(one.size for one in messages), max(one.sent_by.exchange or 0 for one in messages)),
    )


def undeliver(db: sqlite3.Connection, message: Message) -> None:
    """The mailboxes that hold a message hold it no longer."""
    for delivery in message.deliveries:
        db.execute(
            "UPDATE mailbox SET messages = messages - 1, octets = octets - ? WHERE vendor = ? AND mailbox = ?",
            (message.size, delivery.vendor, delivery.mailbox),
        )


def rename(db: sqlite3.Connection, vendor: str, old: str, new: str) -> None:
    """A mailbox has another name, under which there may be an emptied one yet."""
    if old == new:
        return
    db.execute("UPDATE delivery SET mailbox = ? WHERE vendor = ? AND mailbox = ?", (new, vendor, old))
    db.execute(
        "INSERT INTO mailbox SELECT vendor, ?, messages, octets FROM mailbox WHERE vendor = ? AND mailbox = ?"
        " ON CONFLICT DO UPDATE SET messages = messages + excluded.messages, octets = octets + excluded.octets",
        (new, vendor, old),
    )
    db.execute("DELETE FROM mailbox WHERE vendor = ? AND mailbox = ?", (vendor, old))


def message_of(row: Sequence[Any], deliveries: Iterable[Delivery], max_parts: int, apart: Contents | None) -> Message:
    """The message that a row has, and with it who holds its bytes and envelope."""
    seq, message_id, received_at, raw, written, client, vendor, operation, exchange, relay = row
    raw, envelope = (raw, envelope_from_json(written)) if apart is None else apart.of(seq)
    return Message(
        message_id,
        seq,
        datetime.fromisoformat(received_at),
        raw,
        envelope,
        SentBy(client=client, vendor=vendor, operation=operation, exchange=exchange, relay=relay),
        tuple(deliveries),
        max_parts=max_parts,
    )


def _whole_row(message: Message) -> tuple[object, ...]:
    return _row(message, message.raw, envelope_to_json(message.envelope))


def _light_row(message: Message) -> tuple[object, ...]:
    return _row(message, b"", "")


def _row(message: Message, raw: bytes, envelope: str) -> tuple[object, ...]:
    sent_by = message.sent_by
    return (
        message.cursor,
        message.id,
        message.received_at.isoformat(),
        raw,
        envelope,
        sent_by.client,
        sent_by.vendor,
        sent_by.operation,
        sent_by.exchange,
        sent_by.relay and storable(sent_by.relay),
    )


def _deliver(db: sqlite3.Connection, message: Message) -> None:
    for delivery in message.deliveries:
        mailbox = delivery.mailbox and storable(delivery.mailbox)
        db.execute(
            "INSERT INTO delivery VALUES (?, ?, ?, ?)",
            (message.cursor, delivery.vendor, mailbox, storable(delivery.address)),
        )
        if mailbox is not None:
            db.execute(
                "INSERT INTO mailbox VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE"
                " SET messages = messages + 1, octets = octets + excluded.octets",
                (delivery.vendor, mailbox, message.size),
            )
