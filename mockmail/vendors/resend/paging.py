"""Resend's lists: the newest first, in pages after or before an id (docs/wire/resend.md 5)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from mockmail.vendors.resend.errors import ResendError, invalid_id
from mockmail.wire.parameters import parameter

T = TypeVar("T")
Document = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list. after, before: an id that is not in the part itself."""

    limit: int = parameter(default=20, minimum=1, maximum=100)
    after: str | None = parameter(default=None)
    before: str | None = parameter(default=None)


def list_document(
    page: Page, newest_first: Iterable[T], document: Callable[[T], Document], id_of: Callable[[T], str]
) -> Document:
    """Return the part of a list that a request asks for. Raise ResendError."""
    if page.after is not None and page.before is not None:
        raise ResendError("The `after` and `before` parameters cannot be used together.")
    records = iter(newest_first)
    if page.before is not None:
        shown, has_more = _before(page, records, id_of)
    else:
        if page.after is not None and not any(id_of(record) == page.after for record in records):
            raise _unknown("after")
        shown = list(islice(records, page.limit + 1))
        has_more = len(shown) > page.limit
        shown = shown[: page.limit]
    return {"object": "list", "has_more": has_more, "data": [document(record) for record in shown]}


def uuid_in(path: str) -> str:
    """Return the id in a path in lower case. Raise ResendError if it is not a UUID."""
    found = path.lower()
    if not _UUID.fullmatch(found):
        raise invalid_id().because(
            f"{path!r:.80} is not a UUID; `mockmail operations resend` lists what is not emulated"
        )
    return found


def _before(page: Page, records: Iterable[T], id_of: Callable[[T], str]) -> tuple[list[T], bool]:
    found: deque[T] = deque(maxlen=page.limit + 1)
    for record in records:
        if id_of(record) == page.before:
            break
        found.append(record)
    else:
        raise _unknown("before")
    return list(found)[-page.limit :], len(found) > page.limit


def _unknown(field: str) -> ResendError:
    return ResendError(f"Invalid `{field}` field. There is no item with this id.")
