"""Export requests as an HTTP Archive (HAR 1.2), which browsers and proxies can show, with secrets masked.

http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from http import HTTPStatus
from typing import Any

from mockmail._version import __version__
from mockmail.core.journal import Exchange, Journal
from mockmail.core.request_content import read_query
from mockmail.wire.masking import Masking

VERSION = "HTTP/1.1"

_REASONS = {status.value: status.phrase for status in HTTPStatus}


def har_log(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the HAR document of entries, in the order they were sent."""
    return {"log": {"version": "1.2", "creator": {"name": "mockmail", "version": __version__}, "entries": entries}}


def har_entry(exchange: Exchange, masking: Masking) -> dict[str, Any]:
    """Return the entry of one request with its response.

    The member `_mockmail` has what HAR has no member for, with the names of the control API.
    """
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": exchange.at.isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange, masking),
        "response": _response(exchange, masking),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_mockmail": {
            "id": exchange.id,
            "vendor": exchange.vendor,
            "operation": exchange.operation,
            "caller": exchange.caller,
            "refusal": masking(exchange).refusal,
            "fault": exchange.fault,
            "messages": exchange.messages,
        },
    }


async def har_stream(numbers: Sequence[int], journal: Journal, masking: Masking) -> AsyncGenerator[bytes, None]:
    """Return pieces of an archive, without requests that the journal removes before a slow client reads them."""
    head, _, tail = json.dumps(har_log([])).partition("[]")
    yield f"{head}[".encode()
    separator = ""
    for number in numbers:
        exchange = journal.get(number)
        if exchange is None:
            continue
        # In a thread, because `max_journal_body` may allow bodies that take seconds to mask.
        entry = await asyncio.to_thread(har_entry, exchange, masking)
        yield f"{separator}\n{json.dumps(entry, ensure_ascii=False)}".encode("utf-8", "replace")
        separator = ","
    yield f"]{tail}\n".encode()


def _request(exchange: Exchange, masking: Masking) -> dict[str, Any]:
    masked = masking(exchange)
    query = f"?{masked.query}" if masked.query else ""
    request = {
        "method": exchange.method,
        "url": f"http://{exchange.request_headers.get('Host', '127.0.0.1')}{masked.path}{query}",
        "httpVersion": VERSION,
        "cookies": [],
        "headers": _pairs(masked.request_headers),
        "queryString": _pairs(read_query(masked.query).items()),
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        request["postData"] = {"mimeType": exchange.content_type, "text": masked.request_body}
    return request


def _response(exchange: Exchange, masking: Masking) -> dict[str, Any]:
    masked, headers = masking(exchange), {name.lower(): value for name, value in exchange.response_headers}
    return {
        "status": exchange.status,
        "statusText": _REASONS.get(exchange.status, ""),
        "httpVersion": VERSION,
        "cookies": [],
        "headers": _pairs(masked.response_headers),
        "content": {
            "size": len(exchange.response_body),
            "mimeType": headers.get("content-type", ""),
            "text": masked.response_body,
        },
        "redirectURL": headers.get("location", ""),
        "headersSize": -1,
        "bodySize": len(exchange.response_body),
    }


def _pairs(pairs: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
