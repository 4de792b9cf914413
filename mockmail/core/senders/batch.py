"""The items of a batch, each with a result or an error of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mockmail.core.errors import VendorError
from mockmail.core.mail.outgoing import Continue
from mockmail.core.senders.sending import Submission, submit
from mockmail.core.vendor import Call

V = TypeVar("V")
Prepared = tuple[Any, list[Submission]]
"""The result of one item, and the messages to send for it."""

PREPARED_AT_ONCE = 10
"""The items that are prepared before the event loop does other work."""

PREPARED_BYTES = 1 << 20
"""The bytes of messages after which it does, too: a batch may repeat a long body."""

LARGEST_BATCH = 64 << 20
"""The most bytes, or characters, that the messages of one request have together."""


def submit_each(
    call: Call[Any, Any],
    items: Sequence[V],
    prepare: Callable[[V], Prepared],
    failed: Callable[[VendorError], Any] | None = None,
    respond: Callable[[list[Any]], Any] = list,
    *,
    at_once: int = PREPARED_AT_ONCE,
) -> Any:
    """Prepare all items, then send their messages in order, then respond. A handler returns what this returns.

    Nothing is sent before all items are prepared. The event loop does other work in between.

    prepare: returns the result of an item and its messages; it writes no records. failed: makes the result of an item
    from its error, so that the others are sent; without it, the first error is raised and nothing is sent.
    respond: makes the response from the results, which are in the order of the items.
    at_once: the items that are prepared before the event loop does other work; fewer for large ones.
    """
    results: list[Any] = []
    submissions: list[Submission] = []

    def go_on() -> Any:
        size = 0
        for item in items[len(results) : len(results) + at_once]:
            try:
                result, messages = prepare(item)
            except VendorError as error:
                if failed is None:
                    raise
                result, messages = failed(error), []
            results.append(result)
            submissions.extend(messages)
            size += sum(len(each.raw) for each in messages)
            if size >= PREPARED_BYTES:
                break
        if len(results) < len(items):
            return Continue(then=go_on)
        return submit(call, submissions, respond(results))

    return go_on()
