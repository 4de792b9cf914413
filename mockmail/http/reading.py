"""Reading a request's body, within bounds."""

from __future__ import annotations

from aiohttp import StreamReader, web

from mockmail.core.errors import Problem

TOO_LARGE = "the request is larger than max_request_bytes allows"


async def read_body(request: web.BaseRequest) -> bytes:
    """A request's body.

    Raises Problem: 413 for one over the bound (as it was sent, or unpacked), 400 for one that is broken. A body that
    says it is too large is not waited for.
    """
    limit = request.client_max_size
    if (request.content_length or 0) > limit:
        raise Problem(413, TOO_LARGE)
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return await _read(request.content, limit)
    except (web.RequestPayloadError, ValueError) as error:
        raise Problem(400, f"the request's body is broken: {error}") from error


async def _read(content: StreamReader, limit: int) -> bytes:
    if content.is_eof():  # all of it came with the headers, as small ones do
        body = content.read_nowait()
        if len(body) > limit:
            raise Problem(413, TOO_LARGE)
        return body
    parts: list[bytes] = []
    size = 0
    try:
        while part := await content.readany():
            size += len(part)
            if size > limit:
                raise Problem(413, TOO_LARGE)
            parts.append(part)
        return b"".join(parts)
    finally:
        parts.clear()  # for whoever ends this early keeps the frame: a task that is cancelled does
