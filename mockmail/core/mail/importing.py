"""Read messages from `.eml`, mbox, zip and Maildir, with the envelopes that they probably had."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Literal, get_args

from mockmail.core.errors import InvalidValue
from mockmail.core.mail import mime
from mockmail.core.mail.archive import Stored, read_archive
from mockmail.core.mail.marks import check_tags
from mockmail.core.mail.mbox import LARGEST_MESSAGE, read_entries
from mockmail.core.mail.message import Envelope, SentBy
from mockmail.core.world import World

Format = Literal["eml", "mbox", "mboxo", "zip"]
FORMATS: tuple[Format, ...] = get_args(Format)

MOST_RECIPIENTS = 1000
"""The most recipients of an imported message."""

BATCH_MESSAGES = 100
BATCH_BYTES = 1 << 18
BATCH_RECIPIENTS = 2000
"""A transaction stores messages up to this number, and until they have this many bytes or recipients."""

SENT_BY = SentBy(client="import")


@dataclass(frozen=True, slots=True)
class Imported:
    """A message to be imported. tags: None for those of the header X-Tags."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    is_read: bool = False
    tags: tuple[str, ...] | None = None

    @classmethod
    def of(cls, raw: bytes, sender: str | None = None) -> Imported:
        """Return a message with an envelope from its headers.

        The sender is that of Return-Path, else `sender`, else the first of From. The recipients are those of
        Delivered-To and X-Original-To, else of To, Cc and Bcc.
        """
        headers = mime.headers(raw)

        def addresses(*names: str) -> list[str]:
            return mime.addresses([value for name in names for value in headers.undecoded(name)])

        return_path = headers.get("Return-Path").strip()
        if return_path:
            sender = return_path.strip("<>")
        elif not sender:
            sender = next(iter(addresses("From")), "")
        recipients = addresses("Delivered-To", "X-Original-To") or addresses("To", "Cc", "Bcc")
        return cls(raw, sender, tuple(dict.fromkeys(recipients))[:MOST_RECIPIENTS])

    @classmethod
    def of_archive(cls, stored: Stored) -> Imported:
        """Return a message of an archive, with the envelope in it if there is one. Raise InvalidValue."""
        assumed, facts = cls.of(stored.raw), stored.facts
        if facts is None:
            return assumed
        return cls(
            stored.raw,
            assumed.sender if facts.sender is None else facts.sender,
            (assumed.recipients if facts.recipients is None else facts.recipients)[:MOST_RECIPIENTS],
            facts.is_read,
            None if facts.tags is None else check_tags(facts.tags),
        )


def read_messages(file: IO[bytes], format_: Format) -> Iterator[Imported]:
    """Return an iterator over the messages of an open file. Raise InvalidValue for a file that cannot be read."""
    match format_:
        case "eml":
            raw = file.read(LARGEST_MESSAGE + 1)
            if len(raw) > LARGEST_MESSAGE:
                raise InvalidValue(f"the message has more than {LARGEST_MESSAGE} bytes, the most that an import reads")
            yield Imported.of(raw)
        case "zip":
            yield from map(Imported.of_archive, read_archive(file))
        case _:
            yield from (Imported.of(raw, sender) for sender, raw in read_entries(file, format_))


def read_path(path: Path, format_: Format | None = None) -> Iterator[Imported]:
    """Return an iterator over the messages of a file, a Maildir, or a folder with `.eml` files.

    format_: of a file; by default, its first bytes decide.
    Raise InvalidValue, which names the file, for a file that cannot be read.
    """
    for file in _files_of(path):
        try:
            with file.open("rb") as opened:
                known = "eml" if file != path else format_ or _format_of(opened)
                for message in read_messages(opened, known):
                    yield replace(message, is_read=True) if _is_seen(file) else message
        except OSError as error:
            raise InvalidValue(f"{file}: cannot be read ({error.strerror or error})") from error
        except InvalidValue as error:
            raise InvalidValue(f"{file}: {error}") from error


def batches(messages: Iterable[Imported]) -> Iterator[list[Imported]]:
    """Return an iterator over lists of messages, each for one transaction."""
    source = iter(messages)
    while batch := list(islice(_until_full(source), BATCH_MESSAGES)):
        yield batch


def store(world: World, batch: Iterable[Imported]) -> int:
    """Receive messages in one transaction, and return their number. Raise LimitReached, and store none of them."""
    count = 0
    with world.transaction():
        for message in batch:
            envelope = Envelope(sender=message.sender, recipients=message.recipients)
            world.receive(message.raw, envelope, SENT_BY, is_read=message.is_read, tags=message.tags)
            count += 1
    return count


def _until_full(source: Iterator[Imported]) -> Iterator[Imported]:
    size = recipients = 0
    while size < BATCH_BYTES and recipients < BATCH_RECIPIENTS and (message := next(source, None)) is not None:
        size += len(message.raw)
        recipients += len(message.recipients)
        yield message


def _files_of(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    is_file: Callable[[Path], bool] = Path.is_file
    if (path / "cur").is_dir() or (path / "new").is_dir():
        found = [file for name in ("new", "cur") if (path / name).is_dir() for file in (path / name).iterdir()]
        yield from filter(is_file, sorted(file for file in found if not file.name.startswith(".")))
        return
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".eml")
    if not files:
        raise InvalidValue(f"{path}: is a folder without `cur` and `new` (a Maildir) and without .eml files")
    yield from filter(is_file, files)


def _is_seen(file: Path) -> bool:
    """Return whether a file of a Maildir has the flag for a message that was read."""
    _, is_flagged, flags = file.name.rpartition(":2,")
    return bool(is_flagged) and "S" in flags


def _format_of(file: IO[bytes]) -> Format:
    start = file.peek(5)[:5] if hasattr(file, "peek") else b""
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "mbox" if start == b"From " else "eml"
