"""Clock, ids, faults, limits, SMTP rules and journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockmail.core.clock import Clock
from mockmail.core.errors import InvalidValue
from mockmail.core.faults import Fault, Faults, TransportFault
from mockmail.core.ids import ALPHANUMERIC, HEXADECIMAL, READABLE, Ids
from mockmail.core.journal import Exchange, Journal
from mockmail.core.limits import MOST_METHODS, Limit, Limits, check_limit
from mockmail.core.registry import Registry
from mockmail.core.request_criteria import RequestCriteria
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.vendors.atmail import VENDOR

NOON = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


class TestClock:
    """A World's time."""

    def test_frozen_clock_moves_only_when_told(self):
        clock = Clock()
        assert not clock.frozen
        clock.freeze(NOON)
        assert (clock.now(), clock.timestamp(), clock.frozen) == (NOON, 1709208000.0, True)
        clock.advance(90.5)
        assert clock.now() == NOON + timedelta(seconds=90.5)
        clock.set(NOON)
        assert clock.now() == NOON
        clock.advance(-60)
        assert clock.now() == NOON - timedelta(minutes=1)

    def test_freeze_without_a_time_freezes_now(self):
        clock = Clock()
        clock.freeze()
        assert clock.now() == clock.now()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)

    def test_resumed_clock_continues_from_the_frozen_time(self):
        clock = Clock()
        clock.freeze(NOON)
        clock.resume()
        assert not clock.frozen
        assert NOON <= clock.now() < NOON + timedelta(minutes=1)
        clock.advance(3600)
        assert NOON + timedelta(hours=1) <= clock.now() < NOON + timedelta(minutes=61)
        clock.reset()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)

    def test_running_clock_can_be_set(self):
        clock = Clock()
        clock.set(NOON)
        assert NOON <= clock.now() < NOON + timedelta(minutes=1)
        assert not clock.frozen

    def test_time_in_any_zone_is_converted_to_utc(self):
        clock = Clock()
        clock.freeze(NOON.astimezone(timezone(timedelta(hours=5, minutes=30))))
        assert clock.now().isoformat() == "2024-02-29T12:00:00+00:00"

    @pytest.mark.parametrize("call", ["freeze", "set"])
    def test_time_without_a_time_zone_is_refused(self, call):
        clock = Clock()
        clock.freeze(NOON)
        with pytest.raises(ValueError, match=r"a clock needs a time with a time zone.*add tzinfo=datetime\.UTC"):
            getattr(clock, call)(datetime(2024, 1, 1))  # noqa: DTZ001  # refused
        assert clock.now() == NOON

    def test_restored_clock_has_the_same_state(self):
        clock, other = Clock(), Clock()
        clock.freeze(NOON)
        other.restore(clock.to_document())
        assert (other.now(), other.frozen) == (NOON, True)
        clock.resume()
        other.restore(clock.to_document())
        assert not other.frozen
        assert NOON <= other.now() < NOON + timedelta(minutes=1)


class TestIds:
    """Repeatable identifiers."""

    def test_same_seed_gives_the_same_ids(self):
        one, two = Ids("x"), Ids("x")
        assert [one.uuid(), one.token(20), one.number(1, 6), one.password()] == [
            two.uuid(), two.token(20), two.number(1, 6), two.password(),
        ]  # fmt: skip
        assert Ids("x").uuid() != Ids("y").uuid()

    def test_ids_of_a_seed_never_change(self):
        """Other ids for the same seed would break recorded tests."""
        assert (Ids("0").token(8), Ids("0").hexadecimal(8)) == ("hfoOUVbi", "31c4a992")
        assert Ids("0").uuid() == "83814ca4-aae9-49c2-92c8-1c55af2afd26"

    def test_ids_do_not_repeat(self):
        ids = Ids()
        assert len({ids.token(20) for _ in range(10_000)}) == 10_000
        assert len({ids.uuid() for _ in range(1000)}) == 1000

    def test_ids_have_the_requested_form(self):
        ids = Ids()
        assert (len(ids.bytes(0)), len(ids.bytes(100))) == (0, 100)
        assert set(ids.token(500)) <= set(ALPHANUMERIC)
        assert set(ids.hexadecimal(500)) == set(HEXADECIMAL)
        assert len(ids.password(30)) == 30
        assert set(ids.password(500)) <= set(READABLE)
        assert ids.uuid()[14] == "4"
        assert {ids.number(1, 3) for _ in range(100)} == {1, 2, 3}
        assert ids.number(7, 7) == 7

    def test_restored_ids_continue(self):
        ids = Ids("x")
        ids.token(3)
        state, expected = ids.to_document(), ids.token(9)
        other = Ids()
        other.restore(state)
        assert other.token(9) == expected
        ids.reset()
        assert ids.token(3) == Ids("x").token(3)

    @given(st.text(max_size=20), st.integers(0, 200))
    def test_any_text_is_a_seed(self, seed, length):
        assert len(Ids(seed).token(length)) == length


class TestFaults:
    """Injected faults."""

    def taken(self, faults, *operations, vendor="acme"):
        return [fault.message if (fault := faults.take(vendor, operation)) else None for operation in operations]

    def test_fault_applies_after_and_as_often_as_given(self):
        faults = Faults()
        faults.add(Fault(vendor="acme", status=500, message="x", times=2, after=1))
        assert self.taken(faults, "a", "b", "c", "d") == [None, "x", "x", None]
        assert faults.unused() == []

    def test_fault_without_times_applies_to_every_call(self):
        faults = Faults()
        faults.add(Fault(vendor="acme", status=500, message="x", times=None))
        assert self.taken(faults, *"abcdef") == ["x"] * 6

    def test_fault_applies_to_its_vendor_and_pattern_only(self):
        faults = Faults()
        faults.add(Fault(vendor="acme", operation="mailbox.*", status=500, message="x", times=None))
        assert self.taken(faults, "mailbox.add", "mailbox", "alias.add", "Mailbox.add") == ["x", None, None, None]
        assert self.taken(faults, "mailbox.add", vendor="other") == [None]

    def test_first_matching_fault_applies_and_waiting_faults_are_skipped(self):
        faults = Faults()
        for fault in (
            Fault(vendor="acme", operation="a", status=500, message="later", after=2),
            Fault(vendor="acme", status=500, message="first"),
        ):
            faults.add(fault)
        assert self.taken(faults, "a", "a", "a", "a") == ["first", None, "later", None]

    def test_unused_faults_are_listed(self):
        faults = Faults()
        for fault in (Fault(vendor="acme", operation="a", status=500), Fault(vendor="acme", delay=1)):
            faults.add(fault)
        assert self.taken(faults, "b") == [""]
        assert [str(fault) for fault in faults.unused()] == ["acme a: status 500, used 0 of 1 times"]
        faults.clear()
        assert faults.unused() == []

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (Fault(vendor="v", operation="o", status=503, times=3, used=1), "v o: status 503, used 1 of 3 times"),
            (Fault(vendor="v", transport=TransportFault.RESET), "v *: reset, used 0 of 1 times"),
            (Fault(vendor="v", delay=2, times=None), "v *: delay, used 0 times, no limit"),
        ],
    )
    def test_fault_is_described_in_words(self, fault, words):
        assert str(fault) == words


class TestLimits:
    """Rate limits."""

    def test_each_client_is_counted_until_the_window_ends(self):
        limits, clock = Limits(), Clock()
        clock.freeze(NOON + timedelta(seconds=45))
        limits.add(Limit(vendor="acme", calls=2, window=60))

        def waits(*clients):
            return [limits.seconds_to_wait("acme", "a", "GET", client, clock) for client in clients]

        assert waits("ann", "ann", "ann", "bob", "ann") == [None, None, 15.0, None, 15.0]
        clock.advance(14)
        assert waits("ann") == [1.0]
        clock.advance(1)
        assert waits("ann", "ann", "ann") == [None, None, 60.0]

    @pytest.mark.parametrize(
        ("field", "at_the_bound", "beyond", "message"),
        [
            ("window", 0.001, 0.0009, "window must be from 0.001 to 1e+09 seconds, not 0.0009"),
            ("window", 1e9, 1e10, "window must be from 0.001 to 1e+09 seconds, not 10000000000.0"),
            ("calls", 0, -1, "calls must be from 0 to 1000000000, not -1"),
            ("methods", ("GET",) * MOST_METHODS, ("GET",) * (MOST_METHODS + 1), "methods must be at most 100, not 101"),
        ],
    )
    def test_limit_beyond_a_bound_is_refused(self, field, at_the_bound, beyond, message):
        registry = Registry({"atmail": VENDOR})
        limit = Limit(vendor="atmail", calls=1, window=60)
        check_limit(registry, replace(limit, **{field: at_the_bound}))

        with pytest.raises(InvalidValue) as refused:
            check_limit(registry, replace(limit, **{field: beyond}))

        assert str(refused.value) == message

    def test_limit_counts_only_its_operations_and_methods(self):
        limits, clock = Limits(), Clock()
        clock.freeze(NOON)
        limits.add(Limit(vendor="acme", calls=1, operation="mailbox.*", methods=("POST",)))
        calls = [("acme", "mailbox.add", "POST"), ("acme", "mailbox.add", "GET"), ("acme", "alias.add", "POST"),
                 ("other", "mailbox.add", "POST"), ("acme", "mailbox.edit", "POST")]  # fmt: skip
        assert [limits.seconds_to_wait(*call, "ann", clock) for call in calls] == [None, None, None, None, 60.0]

    def test_counts_of_former_windows_are_removed(self):
        limits, clock = Limits(), Clock()
        clock.freeze(NOON)
        limit = Limit(vendor="acme", calls=1, window=1)
        limits.add(limit)
        for number in range(100):
            limits.seconds_to_wait("acme", "a", "GET", f"client {number}", clock)
            clock.advance(1)
        assert len(limit.counted) == 1


def test_smtp_rules_apply_to_logins_addresses_and_relays():
    rules = SmtpBehaviour(accounts={"u": "p"}, refused_recipients=["*@Bad.example"], unreachable=["mail.*:25"])
    assert [rules.accepts_login("u", "p"), rules.accepts_login("u", "x"), rules.accepts_login("", "")] == [
        True,
        False,
        False,
    ]
    assert SmtpBehaviour().accepts_login("anybody", "anything")
    assert rules.refuses_recipient("A@bad.EXAMPLE")
    assert not rules.refuses_sender("a@bad.example")
    assert [rules.is_unreachable("mail.example.com:25"), rules.is_unreachable("mail.example.com:26")] == [True, False]


class TestJournal:
    """The journal."""

    def entry(self, journal, **values):
        exchange = Exchange(id=journal.next_id(), at=NOON, **({"method": "GET", "path": "/"} | values))
        journal.add(exchange)
        return exchange

    def test_full_journal_removes_the_oldest_exchange(self):
        journal = Journal(limit=3)
        for number in range(3):
            self.entry(journal, path=f"/{number}")
        assert [exchange.path for exchange in journal] == ["/0", "/1", "/2"]
        self.entry(journal, path="/3")
        assert [(exchange.id, exchange.path) for exchange in journal] == [(2, "/1"), (3, "/2"), (4, "/3")]
        assert (len(journal), journal.get(1), journal.get(4).path) == (3, None, "/3")

    def test_exchanges_are_found_by_every_filter(self):
        journal = Journal()
        self.entry(journal, vendor="acme", operation="a.add", method="POST", path="/v1/a", status=200)
        self.entry(journal, vendor="acme", path="/v1/b", status=404)
        self.entry(journal, vendor="other", operation="a.add", path="/x", status=500, crash="Traceback")
        paths = {
            "vendor": [exchange.path for exchange in journal.find(RequestCriteria(vendor="acme"))],
            "operation": [exchange.path for exchange in journal.find(RequestCriteria(operation="a.add"))],
            "method": [exchange.path for exchange in journal.find(RequestCriteria(method="post"))],
            "path": [exchange.path for exchange in journal.find(RequestCriteria(path="v1"))],
            "status": [exchange.path for exchange in journal.find(RequestCriteria(status=404))],
            "all": [
                exchange.path
                for exchange in journal.find(RequestCriteria(vendor="acme", operation="a.add", status=500))
            ],
            "unmatched": [exchange.path for exchange in journal.unmatched()],
            "crashes": [exchange.path for exchange in journal.crashes()],
        }
        assert paths == {
            "vendor": ["/v1/a", "/v1/b"],
            "operation": ["/v1/a", "/x"],
            "method": ["/v1/a"],
            "path": ["/v1/a", "/v1/b"],
            "status": ["/v1/b"],
            "all": [],
            "unmatched": ["/v1/b"],
            "crashes": ["/x"],
        }
        assert str(next(iter(journal))) == "POST /v1/a -> 200 (acme a.add)"

    def test_observer_is_called_with_each_exchange(self):
        journal, told = Journal(), []
        journal.observe(told.append)
        exchange = self.entry(journal)
        journal.clear()
        assert (told, len(journal), journal.next_id()) == ([exchange], 0, 2)


@pytest.mark.parametrize("pattern", ["*@bücher.example", "*@xn--bcher-kva.example", "joe@B*CHER.example"])
def test_refused_domain_is_refused_in_both_forms(pattern):
    rules = SmtpBehaviour(refused_recipients=[pattern], refused_senders=[pattern])
    for address in ("joe@bücher.example", "joe@xn--bcher-kva.example"):
        assert rules.refuses_recipient(address)
        assert rules.refuses_sender(address)
    assert not rules.refuses_recipient("joe@example.com")
