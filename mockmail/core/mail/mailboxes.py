"""The mailboxes that vendors host, and the copies of messages that were delivered to them and to outside addresses."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from mockmail.core.mail.message import Delivery
from mockmail.core.mail.terms import storable
from mockmail.core.state.database import Database

TABLES = ("delivery", "mailbox")
"""The tables of mailboxes: a row for each copy of a message, and the totals of each mailbox."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The number and the size in bytes of the messages in a hosted mailbox."""

    messages: int
    size: int


class Mailboxes:
    """The hosted mailboxes of a mail store.

    database: stores them, in the transaction of the messages.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def usage(self, vendor: str, mailbox: str) -> Usage:
        """Return the usage of a mailbox. Raise StorageFull."""
        if not self._database.exists:  # a read makes no database
            return Usage(0, 0)
        sql = "SELECT messages, size FROM mailbox WHERE vendor = ? AND mailbox = ?"
        try:
            row = self._database.reading().execute(sql, (vendor, storable(mailbox))).fetchone()
        except sqlite3.DatabaseError as error:
            raise self._database.failure(error) from error
        return Usage(*(row or (0, 0)))

    def forget(self, vendor: str, mailbox: str) -> None:
        """Remove a mailbox; the messages that it held stay in the store."""
        self._forget("vendor = ? AND mailbox = ?", vendor, storable(mailbox))

    def forget_all(self, vendor: str) -> None:
        """Remove all of a vendor's mailboxes; the messages that they held stay in the store."""
        self._forget("vendor = ?", vendor)

    def rename(self, vendor: str, old: str, new: str) -> None:
        """Give a mailbox another name, which an emptied mailbox may still have; it keeps what it holds."""
        old, new = storable(old), storable(new)
        if old == new or not self._database.exists:
            return
        with self._database.transaction():
            db = self._database.writing()
            db.execute("UPDATE delivery SET mailbox = ? WHERE vendor = ? AND mailbox = ?", (new, vendor, old))
            db.execute(
                "INSERT INTO mailbox SELECT vendor, ?, messages, size FROM mailbox WHERE vendor = ? AND mailbox = ?"
                " ON CONFLICT DO UPDATE SET messages = messages + excluded.messages, size = size + excluded.size",
                (new, vendor, old),
            )
            db.execute("DELETE FROM mailbox WHERE vendor = ? AND mailbox = ?", (vendor, old))

    def _forget(self, condition: str, *arguments: str) -> None:
        if self._database.exists:
            with self._database.transaction():
                for table in TABLES:
                    self._database.writing().execute(f"DELETE FROM {table} WHERE {condition}", arguments)  # noqa: S608  # our own names and conditions


def insert(db: sqlite3.Connection, seq: int, size: int, delivery: Delivery) -> None:
    """Write the delivery of a new message, and add its bytes to the mailbox if it reached one."""
    mailbox = delivery.mailbox and storable(delivery.mailbox)
    row = (seq, delivery.vendor, mailbox, storable(delivery.address))
    db.execute("INSERT INTO delivery VALUES (?, ?, ?, ?)", row)
    if mailbox is not None:
        db.execute(
            "INSERT INTO mailbox VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE"
            " SET messages = messages + 1, size = size + excluded.size",
            (delivery.vendor, mailbox, size),
        )


def remove(db: sqlite3.Connection, seq: int, size: int) -> None:
    """Remove the deliveries of a message, and subtract its bytes from its mailboxes."""
    for vendor, mailbox in db.execute("SELECT vendor, mailbox FROM delivery WHERE seq = ?", (seq,)).fetchall():
        db.execute(
            "UPDATE mailbox SET messages = messages - 1, size = size - ? WHERE vendor = ? AND mailbox = ?",
            (size, vendor, mailbox),
        )
    db.execute("DELETE FROM delivery WHERE seq = ?", (seq,))
