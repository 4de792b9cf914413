"""Respond with a list as JSON: a long one in pieces, so that it neither holds the server nor fills its memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from msgspec import Struct

from mockmail.control.route import ControlResponse, json_body

AT_ONCE = 1 << 20
"""The bytes up to which a list is sent at once, with a Content-Length."""


async def list_response(
    total: int, name: str, items: AsyncIterator[Struct], *, at_once: int = AT_ONCE
) -> ControlResponse:
    """Return the response `{"total": total, name: [the items]}`, in pieces if it has more than `at_once` bytes."""
    pieces, size = _pieces(total, name, items), 0
    first: list[bytes] = []
    async for piece in pieces:
        first.append(piece)
        size += len(piece)
        if size > at_once:
            return ControlResponse(stream=_stream(b"".join(first), pieces))
    return ControlResponse(b"".join(first))


async def _pieces(total: int, name: str, items: AsyncIterator[Struct]) -> AsyncGenerator[bytes, None]:
    separator = f'{{\n "total": {total},\n "{name}": [\n'
    async for item in items:
        yield separator.encode() + json_body(item).rstrip()
        separator = ",\n"
    yield (f"{separator} ]\n}}\n" if separator != ",\n" else "\n ]\n}\n").encode()


async def _stream(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield first
    async for piece in rest:
        yield piece
