"""Mailgun's lists with a pivot: the page after or before an item (docs/wire/mailgun.md 5 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.parameters import Page

T = TypeVar("T")


def list_document(
    call: MailgunCall,
    params: Page,
    records: Sequence[T],
    *,
    key: Callable[[T], str],
    document: Callable[[T], Any],
    pivot: str,
    back: str,
) -> dict[str, Any]:
    """Return the part of a list that a request asks for, and the URLs of others.

    key: what an item is told apart by. pivot: the name of the parameter that has it. back: Mailgun's word in `paging`
    for the page before.
    """
    at = (params.address or params.pivot).lower()
    keys = [key(record).lower() for record in records] if at else []
    place = keys.index(at) if at in keys else None
    if params.page in ("previous", "prev") and place is not None:
        start, stop = max(0, place - params.limit), place
    elif params.page == "last":
        start, stop = max(0, len(records) - params.limit), len(records)
    else:
        start = 0 if place is None else place + (params.page == "next")
        if at and place is None and params.page == "next":
            start = len(records)
        stop = start + params.limit
    shown = records[start:stop]
    first = key(shown[0]) if shown else at
    last = key(shown[-1]) if shown else at
    pages = {
        "first": {"page": "first"},
        "last": {"page": "last"},
        "next": {"page": "next", pivot: last},
        back: {"page": back, pivot: first},
    }
    base = f"{call.request.base_url}{call.request.raw_path}"
    paging = {name: f"{base}?{urlencode({**query, 'limit': params.limit})}" for name, query in pages.items()}
    return {"items": [document(record) for record in shown], "paging": paging}
