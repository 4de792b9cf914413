"""What is done for a client only as long as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from mockmail.http.protocol import HttpProtocol


@contextmanager
def cancel_on_disconnect(request: web.BaseRequest) -> Iterator[None]:
    """Cancel what is done inside when the client's connection ends: nobody waits for it any more."""
    protocol, task = request.protocol, asyncio.current_task()
    if not isinstance(protocol, HttpProtocol) or task is None:
        raise TypeError("a client is there as long as its connection is, and what it waits for is a task")
    protocol.when_gone = task.cancel
    try:
        yield
    finally:
        protocol.when_gone = None
