"""A logger that writes to a stream, for tests of the log."""

from __future__ import annotations

import logging
from typing import TextIO

from mockmail.server.log import NonBlockingHandler, TextFormatter


def logger_to(stream: TextIO, level: int = logging.INFO) -> logging.Logger:
    """Return a logger of its own, which only this stream gets."""
    logger = logging.Logger("mockmail.test", level)  # noqa: LOG001  # no other test sees it
    handler = NonBlockingHandler(stream)
    handler.setFormatter(TextFormatter())
    logger.addHandler(handler)
    return logger
