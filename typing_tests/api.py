"""The public API as type checkers see it: tests/test_typing.py runs them. A line with `error` must not pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, assert_type

import pytest

from mockmail import Message, MockMail, MockMailError, SeedError, WaitTimeout
from mockmail.core.faults import Fault
from mockmail.core.journal import Exchange
from mockmail.core.smtp_faults import SmtpFault
from mockmail.core.stubs import Stub
from mockmail.inprocess.handles import VendorHandle


def vendors(mm: MockMail) -> None:
    """Every vendor is a typed attribute; `vendor` gives those of other packages."""
    assert_type(mm.rackspace, VendorHandle)
    assert_type(mm.adaxes.url, str)
    assert_type(mm.atmail.credentials, Mapping[str, str])
    assert_type(mm.onlyoffice.environment, Mapping[str, str])
    assert_type(mm.postmark.state(), dict[str, Any])
    assert_type(mm.postmark.remove("servers", "1"), bool)
    assert_type(mm.vendor("mine"), VendorHandle)
    mm.spacedog.seed(credentials=[])
    mm.rackspcae  # error


def inbox(mm: MockMail) -> None:
    """Searches take known names only."""
    message = mm.inbox.wait_for(to="jane@example.com", subject="Welcome", timeout=5)
    assert_type(message, Message)
    assert_type(message.text, str)
    assert_type(mm.inbox.find(after=message), list[Message])
    assert_type(mm.inbox.find(after=message.id, from_="shop@example.com"), list[Message])
    assert_type(mm.inbox.wait_for_count(2), list[Message])
    assert_type(mm.inbox[0], Message)
    assert_type(mm.inbox.mark(is_read=True, add_tags=["a"], to="jane@example.com"), int)
    assert_type(mm.inbox.delete(query="is:read"), int)
    assert_type(mm.inbox.tags, dict[str, int])
    assert_type(message.tags, tuple[str, ...])
    mm.inbox.import_from("a", format="tar")  # error
    mm.inbox.find(form="shop@example.com")  # error
    mm.inbox.find(to=1)  # error
    message.txt  # error


async def waiting(mm: MockMail) -> None:
    """Each wait has a form to await."""
    assert_type(await mm.inbox.wait_for_async(text="hello"), Message)
    assert_type(await mm.inbox.wait_for_count_async(2, to="jane@example.com"), list[Message])
    assert_type(await mm.requests.wait_for_async(vendor="atmail"), Exchange)
    assert_type(await mm.requests.wait_for_count_async(2), list[Exchange])


def rules(mm: MockMail) -> None:
    """Faults, SMTP rules and the clock."""
    assert_type(mm.faults.add("rackspace", status=503, times=None), Fault)
    assert_type(mm.stubs.add("rackspace", operation="mailbox.*", json={"ok": True}), Stub)
    assert_type(mm.smtp_faults.add("rcpt", code=450), SmtpFault)
    assert_type(mm.requests.find(vendor="rackspace", status=403), list[Exchange])
    assert_type(mm.requests.wait_for(where={"name": "jane"}, timeout=1), Exchange)
    assert_type(mm.requests.verify(count=1, order=["mailbox.add"]), list[Exchange])
    mm.smtp.accounts = {"jane": "secret"}
    mm.smtp.refused_recipients = ["*@bad.example"]
    assert_type(mm.clock.now(), datetime)
    mm.clock.freeze()
    mm.clock.freeze("2026-01-31T12:00:00Z")
    mm.clock.set(datetime(2026, 1, 31, tzinfo=UTC))
    mm.clock.advance(timedelta(hours=1))
    mm.clock.advance(0.5)
    mm.faults.add(status=503)  # error
    mm.stubs.add(path=1)  # error
    mm.smtp_faults.add("rcp", code=450)  # error
    mm.requests.find(status="403")  # error
    mm.requests.verify(order=1)  # error
    mm.smtp.accounts = ["jane"]  # error
    mm.smtp.refused_recipients = "*@bad.example"  # error
    mm.smtp.refuse_recipients = []  # error
    mm.clock.freeze(5)  # error


def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keywords are the settings of `mockmail serve`."""
    with MockMail(http_port=9025, vendors=["atmail"], seed={"format": 1, "vendors": {}}, strict=True) as mm:
        assert_type(mm.smtp_environment, Mapping[str, str])
        assert_type(mm.sandbox_name, str)
        mm.setenv(monkeypatch, "atmail", "smtp")
    MockMail(https_port=0, smtp_starttls="required", options={"atmail": {"failed_status": 200}}, seed=Path("a.yaml"))
    MockMail(http_prot=9025)  # error
    MockMail(http_port="9025")  # error
    MockMail(vendors=[1])  # error


def lifetime() -> None:
    """A `with` block gives the MockMail itself."""
    with MockMail() as mm:
        assert_type(mm, MockMail)
        assert_type(mm.url, str)
        assert_type(mm.smtp_port, int)
        assert_type(mm.snapshot(), dict[str, Any])
        assert_type(mm.sandbox("mine"), MockMail)
        mm.reset("rackspace")
        mm.restore([])  # error


errors: tuple[type[MockMailError], ...] = (SeedError, WaitTimeout)
