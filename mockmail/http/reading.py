"""Reading a request's body, within bounds."""

from __future__ import annotations

from aiohttp import web

from mockmail.core.errors import Problem


async def read_body(request: web.BaseRequest) -> bytes:
    """A request's body.

    Raises Problem: 413 for one over the bound (as it was sent, or unpacked), 400 for one that is broken.
    """
    if not request.body_exists:
        return b""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if request.content.is_eof():  # all of it came with the headers, as small ones do
            return _bounded(request.content.read_nowait(), request.client_max_size)
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Problem(413, "the request is larger than max_request_bytes allows") from error
    except (web.RequestPayloadError, ValueError) as error:
        raise Problem(400, f"the request's body is broken: {error}") from error


def _bounded(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, len(body))
    return body
