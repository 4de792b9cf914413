"""Check that the expected requests were received. The control API and `MockMail` share it."""

from __future__ import annotations

from collections.abc import Sequence

from mockmail.core.errors import UnmetExpectation
from mockmail.core.journal import Exchange
from mockmail.core.request_criteria import RequestCriteria
from mockmail.wire.masking import Masking
from mockmail.wire.request_lines import describe_requests


def check_expectation(
    found: Sequence[Exchange],
    journal: Sequence[Exchange],
    criteria: RequestCriteria,
    masking: Masking,
    *,
    count: int | None = None,
    order: Sequence[str] = (),
) -> None:
    """Check the requests that match some criteria, among all of a journal.

    count: how many must match; at least one if it is None.
    order: the names of operations whose requests must be in this order; other requests may be between them.
    Raise UnmetExpectation, which lists the requests received instead.
    """
    if count is None and not found and not order:
        raise UnmetExpectation(f"no request matched {criteria}. {describe_requests(journal, criteria, masking)}")
    if count is not None and len(found) != count:
        came = describe_requests(found if len(found) > count else journal, criteria, masking)
        raise UnmetExpectation(f"{len(found)} requests matched {criteria}, not {count}. {came}")
    missing = _first_missing(found, order)
    if missing is not None:
        before = f"after {' and '.join(order[:missing])} " if missing else ""
        raise UnmetExpectation(
            f"{order[missing]} was not called {before}in the order {', '.join(order)}."
            f" {describe_requests(found, criteria, masking)}"
        )


def _first_missing(found: Sequence[Exchange], order: Sequence[str]) -> int | None:
    called = iter(exchange.operation for exchange in found)
    return next((place for place, operation in enumerate(order) if operation not in called), None)
