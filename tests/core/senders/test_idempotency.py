"""Idempotency keys, batches and identities."""

from __future__ import annotations

import pytest

from mockmail.core.errors import VendorError
from mockmail.core.senders import idempotency
from mockmail.core.senders.batch import PREPARED_AT_ONCE, submit_each
from mockmail.core.senders.idempotency import answer_once
from mockmail.core.senders.identities import is_verified
from mockmail.core.senders.records import Identity
from mockmail.core.senders.sending import submit
from mockmail.core.vendor import CommittedRefusal

CONFLICT, RUNNING = VendorError("conflict"), VendorError("running")


def ask(acting, make, body=b"{}", key="k"):
    with acting.world.transaction():
        return answer_once(acting.call(body), key, make, hours=24, conflict=CONFLICT, running=RUNNING)


def sending(acting, number):
    return lambda: submit(acting.call(), [acting.submission("jane@example.org")], {"id": number})


def test_second_request_gets_the_first_response_and_sends_nothing(acting):
    assert acting.settle(ask(acting, sending(acting, 1))) == {"id": 1}

    assert acting.settle(ask(acting, sending(acting, 2))) == {"id": 1}
    assert len(acting.arrived) == 1


def test_other_body_is_a_conflict(acting):
    ask(acting, lambda: {"id": 1})

    with pytest.raises(VendorError, match="conflict"):
        ask(acting, lambda: {"id": 2}, body=b"other")
    assert ask(acting, lambda: {"id": 3}, body=b"other", key="another") == {"id": 3}


def test_request_whose_send_is_in_progress_is_running(acting):
    send = ask(acting, sending(acting, 1))

    with pytest.raises(VendorError, match="running"):
        ask(acting, sending(acting, 2))
    assert acting.settle(send) == {"id": 1}
    assert ask(acting, sending(acting, 3)) == {"id": 1}


def test_send_that_never_ended_is_forgotten(acting):
    ask(acting, sending(acting, 1))

    acting.world.clock.advance(idempotency.RUNNING_SECONDS)

    assert acting.settle(ask(acting, sending(acting, 2))) == {"id": 2}


def test_key_of_a_batch_that_is_refused_in_a_later_turn_can_be_used_again(acting):
    def prepare(item):
        if item == "bad":
            raise VendorError("bad")
        return item, []

    items = ["good"] * PREPARED_AT_ONCE + ["bad"]
    refused = acting.settle(ask(acting, lambda: submit_each(acting.call(), items, prepare), body=b"1"))

    assert isinstance(refused, CommittedRefusal)
    assert str(refused.error) == "bad"
    assert ask(acting, lambda: {"id": 2}, body=b"2") == {"id": 2}


def test_key_expires_by_the_clock(acting):
    ask(acting, lambda: {"id": 1})

    acting.world.clock.advance(24 * 3600 - 1)
    assert ask(acting, lambda: {"id": 2}) == {"id": 1}
    acting.world.clock.advance(1)

    assert ask(acting, lambda: {"id": 2}) == {"id": 2}


def test_oldest_keys_are_forgotten_at_the_bound(acting, monkeypatch):
    monkeypatch.setattr(idempotency, "MOST_KEYS", 8)

    for number in range(9):
        ask(acting, lambda number=number: {"id": number}, key=f"k{number}")

    assert ask(acting, lambda: {"id": "new"}, key="k0") == {"id": "new"}
    assert ask(acting, lambda: {"id": "new"}, key="k2") == {"id": 2}


@pytest.mark.parametrize(
    ("address", "subdomains", "expected"),
    [
        ("a@example.com", False, True),
        ("a@EXAMPLE.com", False, True),
        ("a@sub.example.com", False, False),
        ("a@sub.example.com", True, True),
        ("Jane@example.org", False, True),
        ("bob@example.org", False, False),
        ("a@pending.test", False, False),
    ],
)
def test_address_is_verified_by_itself_or_by_its_domain(acting, address, subdomains, expected):
    identities = acting.records(Identity)
    for name, verified in (("example.com", True), ("jane@example.org", True), ("pending.test", False)):
        identities.put(Identity(name=name, verified=verified, created="2026-01-01T00:00:00Z"))

    assert is_verified(identities, address, subdomains=subdomains) is expected
