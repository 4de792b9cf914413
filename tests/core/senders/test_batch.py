"""Batches: each item has a result, and long ones are divided."""

from __future__ import annotations

import pytest

from mockmail.core.errors import VendorError
from mockmail.core.mail.outgoing import Continue, Send
from mockmail.core.senders.batch import PREPARED_AT_ONCE, PREPARED_BYTES, submit_each
from mockmail.core.senders.idempotency import answer_once


def batch(acting, items, **policy):
    """Return what a handler returns for items that are refused if they are negative."""

    def prepare(item):
        if item < 0:
            raise VendorError(f"{item} is negative")
        return item, [acting.submission(f"{item}@example.org")]

    with acting.world.transaction():
        return submit_each(acting.call(), items, prepare, **policy)


def test_batch_has_a_result_for_each_item_in_order(acting):
    result = acting.settle(batch(acting, [1, -2, 3], failed=str))

    assert result == [1, "-2 is negative", 3]
    assert acting.arrived == [("1@example.org",), ("3@example.org",)]


def test_batch_of_all_or_nothing_raises_the_first_error_and_sends_nothing(acting):
    items = [*range(PREPARED_AT_ONCE * 2), -2, -3]

    with pytest.raises(VendorError, match="-2 is negative"):
        acting.settle(batch(acting, items))

    assert acting.arrived == []


def test_response_is_made_from_the_results(acting):
    assert acting.settle(batch(acting, [1, 2], respond=lambda results: {"data": results})) == {"data": [1, 2]}


def test_empty_batch_has_no_results(acting):
    assert batch(acting, []) == []


@pytest.mark.parametrize(("size", "pauses"), [(PREPARED_BYTES // 2, 1), (PREPARED_BYTES // 2 - 1, 1), (10, 0)])
def test_long_messages_are_prepared_some_at_a_time(acting, size, pauses):
    def prepare(item):
        submission = acting.submission(f"{item}@example.org")
        submission.raw = b"x" * size
        return item, [submission]

    with acting.world.transaction():
        result, found = submit_each(acting.call(), [1, 2, 3, 4], prepare), 0
    while isinstance(result, Continue):
        found += 1
        with acting.world.transaction():
            result = result.then()

    assert isinstance(result, Send)
    assert found == pauses


@pytest.mark.parametrize(
    ("items", "pauses"), [(PREPARED_AT_ONCE, 0), (PREPARED_AT_ONCE + 1, 1), (PREPARED_AT_ONCE * 50, 49)]
)
def test_items_are_prepared_some_at_a_time_before_the_first_is_sent(acting, items, pauses):
    result, found = batch(acting, list(range(items))), 0

    while isinstance(result, Continue):
        found += 1
        assert acting.arrived == []
        with acting.world.transaction():
            result = result.then()

    assert (found, isinstance(result, Send)) == (pauses, True)


def test_items_that_take_long_are_prepared_one_at_a_time(acting):
    result = batch(acting, [1, 2, 3], at_once=1)

    pauses = 0
    while isinstance(result, Continue):
        pauses += 1
        result = result.then()

    assert (pauses, isinstance(result, Send)) == (2, True)


def test_result_of_a_divided_batch_is_kept_for_its_idempotency_key(acting):
    conflict, running = VendorError("conflict"), VendorError("running")

    def ask(items):
        with acting.world.transaction():
            make = lambda: batch(acting, items)  # noqa: E731
            return answer_once(acting.call(b"{}"), "k", make, hours=24, conflict=conflict, running=running)

    many = list(range(PREPARED_AT_ONCE + 1))
    first = ask(many)
    with pytest.raises(VendorError, match="running"):
        ask(many)

    assert acting.settle(first) == many
    assert ask([]) == many
    assert len(acting.arrived) == len(many)
