"""Lists: a page of them, and what they are searched for (docs/wire/rackspace.md 1.5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from mockmail.core.state.records import Record
from mockmail.core.state.store import Records
from mockmail.vendors.rackspace.document import Document
from mockmail.vendors.rackspace.errors import BadRequest, invalid_value
from mockmail.vendors.rackspace.options import Options
from mockmail.wire.namespaced_xml import Items

R = TypeVar("R", bound=Record)

MOST = 250
"""The largest page."""
LARGEST_OFFSET = 2**31 - 1
DIGITS = "0-9"
"""What `startswith` says for names that begin with a digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What any list may be asked for; other names of a query mean nothing. fields: names, commas between them."""

    size: int = 50
    offset: int = 0
    startswith: str | None = None
    contains: str | None = None
    enabled: bool | None = None
    fields: str | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """The further fields that are asked for, in lower case."""
        return frozenset(name.strip().lower() for name in self.fields.split(",")) if self.fields else frozenset()

    @property
    def is_filtered(self) -> bool:
        """Whether some of the list may be left out."""
        return self.startswith is not None or self.contains is not None or self.enabled is not None

    def check(self, options: Options) -> Self:
        """The listing with a size that is allowed. Raises BadRequest."""
        if self.startswith is not None and self.contains is not None:
            raise BadRequest("startswith and contains cannot be used together")
        if self.size < 1 or (self.size > MOST and options.oversize_page_is_refused):
            raise invalid_value("size")
        if not 0 <= self.offset <= LARGEST_OFFSET:
            raise invalid_value("offset")
        return self if self.size <= MOST else replace(self, size=MOST)

    def finds(self, name: str, *others: str) -> bool:
        """Whether a search finds what has this name and these further texts to look in, in any case of letters."""
        if self.startswith is not None:
            if self.startswith == DIGITS:
                return name[:1].isdecimal()
            start = self.startswith.lower()
            return any(text.lower().startswith(start) for text in (name, *others))
        if self.contains is not None:
            part = self.contains.lower()
            return any(part in text.lower() for text in (name, *others))
        return True


def page(
    listing: Listing, records: Records[R], index: str, value: Hashable, fits: Callable[[R], bool]
) -> tuple[int, Sequence[R]]:
    """How many records of an index's value a list has, and those on the page, in order of names.

    A list that is not filtered is not looked through: only the page is read.
    """
    end = listing.offset + listing.size
    if not listing.is_filtered:
        return records.count(index, value), records.page_of(index, value, listing.offset, listing.size)
    found = sorted((one for one in records.find(index, value) if fits(one)), key=_key)
    return len(found), found[listing.offset : end]


def answer(root: str, listing: Listing, total: int, name: str, items: Items) -> Document:
    """A list's envelope: `size` is the page's, however few are on it. name: what holds the items."""
    content: dict[str, Any] = {"offset": listing.offset, "size": listing.size, "total": total, name: items}
    return Document(root, content)


def _key(record: Record) -> str:
    return record.key
