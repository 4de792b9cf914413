"""The bytes of memory that the journals of a server share."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.bounds import WorldSettings
from mockmail.core.journal import EXCHANGE_BYTES, HEADER_BYTES, Exchange, Journal, JournalBytes
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.server_settings import ServerSettings

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
BODY = 1000
SIZE = EXCHANGE_BYTES + len("/") + BODY
LIMIT = 8 * SIZE


def add(journal: Journal, **values: Any) -> Exchange:
    given = {"method": "GET", "path": "/", "request_body": b"x" * BODY, "operation": "a.show"} | values
    exchange = Exchange(id=journal.next_id(), at=NOON, **given)
    journal.add(exchange)
    return exchange


def ids(journal: Journal) -> list[int]:
    return [exchange.id for exchange in journal]


def headers_of(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({}, 0),
        ({"response_body": b"x" * 50}, 50),
        ({"path": "/" + "x" * 50}, 50),
        ({"query": "x" * 50}, 50),
        ({"request_headers": headers_of(("Name", "value"), ("Name", "x" * 50))}, 2 * HEADER_BYTES + 63),
        ({"response_headers": (("Name", "x" * 50),)}, HEADER_BYTES + 54),
        ({"messages": ["x" * 30]}, HEADER_BYTES),
        ({"path_values": {"name": "x" * 30}}, 30),
        ({"refusal": "x" * 30}, 30),
        ({"operation": None, "nearest": ["x" * 50, "y"]}, 51),
        ({"crash": "x" * 50}, 50),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_exchange_counts_all_that_it_keeps(values, more):
    assert add(Journal(), **values).size == SIZE + more


def test_bytes_at_the_limit_are_kept():
    shared = JournalBytes(LIMIT)
    first, second = Journal(shared=shared), Journal(shared=shared)

    for _ in range(4):
        add(first)
        add(second)

    assert (ids(first), ids(second)) == ([1, 2, 3, 4], [1, 2, 3, 4])
    assert (shared.held, first.held, second.held) == (LIMIT, LIMIT // 2, LIMIT // 2)


def test_bytes_over_the_limit_remove_the_oldest_exchanges_of_all_journals():
    shared = JournalBytes(LIMIT)
    first, second = Journal(shared=shared), Journal(shared=shared)
    for _ in range(4):
        add(first)
        add(second)

    add(second, request_body=b"x" * (BODY + 1))

    assert (ids(first), ids(second)) == ([3, 4], [2, 3, 4, 5])
    assert shared.held == first.held + second.held == 6 * SIZE + 1


def test_exchange_over_the_limit_is_not_kept_and_is_observed():
    journal, told = Journal(shared=JournalBytes(SIZE - 1)), []
    journal.observe(told.append)

    exchange = add(journal)

    assert (ids(journal), told, journal.held) == ([], [exchange], 0)


def test_room_is_made_for_many_exchanges_at_once(monkeypatch):
    shared = JournalBytes(80 * SIZE)
    journal, calls = Journal(shared=shared), []
    make_room = shared.make_room
    monkeypatch.setattr(shared, "make_room", lambda: (calls.append(1), make_room()))

    for _ in range(200):
        add(journal)

    assert shared.held <= 80 * SIZE
    assert len(calls) <= 200 // 10 + 1


@pytest.mark.parametrize("removal", ["limit", "clear"])
def test_removed_exchanges_give_their_bytes_back(removal):
    shared = JournalBytes(LIMIT)
    journal = Journal(limit=2, shared=shared)

    for _ in range(3):
        add(journal)
    if removal == "clear":
        journal.clear()

    assert shared.held == journal.held == len(journal) * SIZE


def test_bytes_of_a_deleted_journal_are_free():
    shared = JournalBytes(LIMIT)
    gone, kept = Journal(shared=shared), Journal(shared=shared)
    for _ in range(8):
        add(gone)
    del gone
    gc.collect()

    for _ in range(8):
        add(kept)

    assert len(kept) == 8


def test_journals_of_all_sandboxes_share_their_bytes(atmail_only):
    settings = ServerSettings(world=WorldSettings(journal_bytes=100_000))
    with MockMail(settings=settings, vendors=atmail_only) as mm:
        worlds = [mm.server.sandboxes.get(name) for name in ("one", "two")]
        for number in range(100):
            add(worlds[number % 2].journal)

        held = [world.journal.held for world in worlds]

        assert 100_000 * 3 // 4 < sum(held) <= 100_000
