"""The items of a batch, each with a result or an error of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from mockmail.core.errors import VendorError
from mockmail.core.senders.sending import Submission

V = TypeVar("V")
Prepared = tuple[Any, list[Submission]]
"""The result of one item, and the messages to send for it."""


def prepare_each(
    items: Iterable[V],
    prepare: Callable[[V], Prepared],
    failed: Callable[[VendorError], Any] | None = None,
) -> tuple[list[Any], list[Submission]]:
    """Return the results of all items in order, and the messages to send.

    failed: makes the result of an item from its error, so that the others are sent; without it, the first error is
    raised and nothing is sent.
    """
    results, submissions = [], []
    for item in items:
        try:
            result, messages = prepare(item)
        except VendorError as error:
            if failed is None:
                raise
            result, messages = failed(error), []
        results.append(result)
        submissions += messages
    return results, submissions
