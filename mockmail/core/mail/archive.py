"""Zip archives of messages, which keep their bytes, envelopes and marks.

Message 1 is `0001/0001.eml`. A folder has up to 1000 messages, and after them `messages.jsonl`, with a line of
facts about each. Of a zip file from another program, the `.eml` files are read.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import msgspec

from mockmail.core.errors import InvalidValue
from mockmail.core.mail.marks import MOST_TAGS
from mockmail.core.mail.mbox import LARGEST_MESSAGE
from mockmail.core.mail.message import Message

IN_FOLDER = 1000
"""The messages of one folder of an archive."""

INDEX = "messages.jsonl"
LARGEST_INDEX = 64 << 20
"""The most bytes of the facts about the messages of one folder."""

MOST_ENTRIES = 1_000_000
"""The most files in an archive that is imported."""

_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""The errors of zipfile for a file that is damaged, encrypted, or compressed in an unknown way."""

_FIRST_YEAR, _LAST_YEAR = 1980, 2107  # what the format can write


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The facts that an archive has about a message, besides its bytes. Unknown fields are ignored."""

    file: str
    sender: str | None = None
    recipients: tuple[str, ...] | None = None
    is_read: bool = False
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A message in an archive. facts: None if the archive has none about it."""

    raw: bytes
    facts: Facts | None


class ArchiveWriter:
    """Writes messages into an archive, one after the other. Each method returns the next bytes, and none are kept."""

    def __init__(self) -> None:
        self._pieces = _Pieces()
        self._zip = zipfile.ZipFile(self._pieces, "w")  # nothing is compressed: that would hold the event loop
        self._count = 0
        self._facts: list[dict[str, Any]] = []

    def add(self, message: Message) -> bytes:
        """Add a message, and return the next bytes of the archive."""
        return self.write(message.raw, message.received_at, {
            "sender": message.envelope.sender,
            "recipients": message.envelope.recipients,
            "id": message.id,
            "received_at": message.received_at.isoformat(),
            "sent_by": str(message.sent_by),
            "is_read": message.is_read,
            "tags": message.tags,
        })  # fmt: skip

    def write(self, raw: bytes, moment: datetime, facts: Mapping[str, Any]) -> bytes:
        """Add a message with facts about it, and return the next bytes of the archive."""
        folder, number = divmod(self._count, IN_FOLDER)
        self._count += 1
        name = f"{folder + 1:04}/{number + 1:04}.eml"
        self._facts.append({"file": name.rpartition("/")[2], **facts})
        self._write(name, raw, moment)
        if number + 1 == IN_FOLDER:
            self._write_facts(folder, moment)
        return self._pieces.take()

    def finish(self, moment: datetime) -> bytes:
        """Return the last bytes of the archive."""
        if self._facts:
            self._write_facts(self._count // IN_FOLDER, moment)
        self._zip.close()
        return self._pieces.take()

    def _write_facts(self, folder: int, moment: datetime) -> None:
        lines = "".join(f"{json.dumps(facts)}\n" for facts in self._facts)
        self._facts.clear()
        self._write(f"{folder + 1:04}/{INDEX}", lines.encode("ascii"), moment)

    def _write(self, name: str, content: bytes, moment: datetime) -> None:
        year = min(max(moment.year, _FIRST_YEAR), _LAST_YEAR)
        at = (year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        self._zip.writestr(zipfile.ZipInfo(name, at), content)


def read_archive(file: IO[bytes]) -> Iterator[Stored]:
    """Return an iterator over the messages of an archive, in the order of their names.

    Holds one message, and the facts about one folder, at a time. Raise InvalidValue for a file that is not a zip
    file, that is damaged, or that exceeds a bound.
    """
    try:
        with zipfile.ZipFile(file) as found:
            names = [name for name in found.namelist() if not name.endswith("/")]
            if len(names) > MOST_ENTRIES:
                raise InvalidValue(f"the archive has {len(names)} files, and an import reads at most {MOST_ENTRIES}")
            yield from _read_folders(found, sorted(name for name in names if name.lower().endswith(".eml")), set(names))
    except _UNREADABLE as error:
        raise InvalidValue(f"the archive cannot be read ({error}); make it again") from error


def _read_folders(found: zipfile.ZipFile, messages: list[str], names: set[str]) -> Iterator[Stored]:
    folder: str | None = None
    facts: dict[str, Facts] = {}
    for name in messages:
        folder_of_file, _, file = name.rpartition("/")
        if folder_of_file != folder:
            folder = folder_of_file
            index = f"{folder}/{INDEX}" if folder else INDEX
            facts = _read_facts(found, index) if index in names else {}
        yield Stored(_content(found, name, LARGEST_MESSAGE), facts.get(file))


def _read_facts(found: zipfile.ZipFile, name: str) -> dict[str, Facts]:
    read = msgspec.json.Decoder(Facts)
    facts: dict[str, Facts] = {}
    for number, line in enumerate(_content(found, name, LARGEST_INDEX).splitlines(), 1):
        try:
            known = read.decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # 0.20: no ValueError
            raise InvalidValue(f"{name}, line {number}: {error}") from error
        if known.tags and len(known.tags) > MOST_TAGS:
            raise InvalidValue(f"{name}, line {number}: a message has at most {MOST_TAGS} tags, not {len(known.tags)}")
        facts[known.file] = known
    return facts


def _content(found: zipfile.ZipFile, name: str, most: int) -> bytes:
    # The size that the archive declares may be wrong, so the bytes are counted.
    with found.open(name) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise InvalidValue(f"{name[:80]} has more than {most} bytes, the most that an import reads")
    return content


class _Pieces:
    """A file for `zipfile` to write. `take` removes the written bytes and returns them."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        """Return the bytes that were written since the last call."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken
