"""Python refuses what the control API refuses, with the same words."""

from __future__ import annotations

import re
import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from http_client import send_request

from mockmail import MockMail
from mockmail.core.errors import InvalidValue, UnknownName

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

pytestmark = pytest.mark.mockmail(strict=False)


@pytest.fixture
def refusal(mockmail):
    """Return the error of the control API for a body."""

    def refuse(method, path, body):
        response = send_request(mockmail.url, method, f"/_mockmail/{path}", json=body)
        assert response.status == 400
        return response.json["error"]

    return refuse


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("refused_recipients", "x", "refused_recipients must be an array, not 'x'"),
        ("refused_senders", [1], "refused_senders[0] must be a string, not 1"),
        ("accounts", ["a"], "accounts must be an object or null, not ['a']"),
        ("accounts", {"a": 1}, "every value of accounts must be a string, not {'a': 1}"),
        ("require_auth", "yes", "require_auth must be true or false, not 'yes'"),
        ("refused_recipient", [], "'refused_recipient' is unknown; expected accounts, require_auth, "),
    ],
)
def test_wrong_smtp_rule_is_refused_as_over_http(mockmail, refusal, name, value, words):
    with pytest.raises(InvalidValue) as caught:
        setattr(mockmail.smtp, name, value)

    assert str(caught.value).startswith(words)
    assert refusal("PUT", "smtp", {name: value}) == str(caught.value)
    assert repr(mockmail.smtp) == (
        "<SMTP rules: accounts=None, require_auth=False, refused_senders=[], refused_recipients=[], starttls=True,"
        " unreachable=[]>"
    )


def test_smtp_rules_stay_those_of_the_sandbox_after_a_reset(mockmail):
    rules = mockmail.smtp
    mockmail.reset()
    rules.refused_recipients = ("*@bad.example",)

    with (
        smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=20) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        client.sendmail("a@example.com", ["x@bad.example"], "Subject: no\r\n\r\n")
    assert mockmail.smtp.refused_recipients == ["*@bad.example"]


def test_smtp_rules_are_listed(mockmail):
    assert dir(mockmail.smtp) == sorted(
        ["accounts", "require_auth", "refused_senders", "refused_recipients", "starttls", "unreachable"]
    )
    with pytest.raises(AttributeError, match="there is no SMTP rule 'acounts'; there are accounts, "):
        _ = mockmail.smtp.acounts


def test_clock_takes_text_and_timedelta(mockmail):
    mockmail.clock.freeze("2026-01-31T12:00:00Z")
    assert mockmail.clock.frozen
    assert mockmail.clock.now() == NOON

    mockmail.clock.advance(timedelta(days=1, seconds=1))
    assert mockmail.clock.now() == NOON + timedelta(days=1, seconds=1)

    mockmail.clock.set("2026-01-31T13:00:00+01:00")
    assert mockmail.clock.timestamp() == NOON.timestamp()
    assert repr(mockmail.clock) == "<Clock frozen at 2026-01-31T12:00:00+00:00>"

    mockmail.clock.resume()
    assert not mockmail.clock.frozen
    mockmail.clock.reset()
    assert abs(mockmail.clock.now() - datetime.now(UTC)) < timedelta(minutes=10)


AT = "at must be a timestamp with a time zone, such as 2026-01-31T12:00:00Z, not "
RANGE = "the clock must stay between the years 1900 and 9000"


@pytest.mark.parametrize(
    ("verb", "value", "words"),
    [
        ("freeze", "noon", f"{AT}'noon'"),
        ("freeze", "2026-01-31T12:00:00", f"{AT}'2026-01-31T12:00:00'"),
        ("set", None, f"{AT}null"),
        ("set", "9999-01-01T00:00:00Z", RANGE),
        ("advance", "1 h", "seconds must be a number, not '1 h'"),
        ("advance", 1e300, RANGE),
    ],
)
def test_wrong_time_is_refused_as_over_http(mockmail, refusal, verb, value, words):
    mockmail.clock.freeze(NOON)
    with pytest.raises(InvalidValue) as caught:
        getattr(mockmail.clock, verb)(value)

    assert str(caught.value) == words
    assert refusal("POST", f"clock/{verb}", {"seconds" if verb == "advance" else "at": value}) == words
    assert mockmail.clock.now() == NOON


def test_datetime_without_a_time_zone_is_refused(mockmail):
    with pytest.raises(InvalidValue, match="at must be a timestamp with a time zone"):
        mockmail.clock.freeze(NOON.replace(tzinfo=None))


def test_search_takes_a_message_or_its_id(mockmail, send):
    send(mockmail, "one", "two", "three")
    first, second, third = mockmail.inbox

    assert mockmail.inbox.find(after=first.id) == mockmail.inbox.find(after=first) == [second, third]
    assert mockmail.inbox.wait_for(after=second.id, timeout=0) == third
    assert mockmail.inbox.find(after=None, subject="one") == [first]


def test_search_goes_on_after_a_removed_message(mockmail, send):
    send(mockmail, "one")
    [first] = mockmail.inbox
    mockmail.inbox.clear()
    send(mockmail, "two")

    assert mockmail.inbox.wait_for(after=first).subject == "two"


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"to": 1}, "to must be a string or null, not 1"),
        ({"from": b"x"}, "from must be a string or null, not b'x'"),
        ({"after": "nonsense"}, "after: there is no message 'nonsense'"),
        ({"after": 1}, "after must be a string or null, not 1"),
        ({"timeout": "5"}, "timeout must be a number, not '5'"),
        ({"timeout": -1}, "timeout must be a number >= 0.0, not -1"),
        ({"count": 0}, "count must be an integer >= 1, not 0"),
        (
            {"form": "x"},
            "'form' is unknown; expected query, to, from, subject, text, after, count, timeout, timeout_status",
        ),
    ],
)
def test_wrong_search_is_refused_as_over_http(mockmail, refusal, search, words):
    arguments = {"from_" if name == "from" else name: value for name, value in search.items()}
    with pytest.raises(InvalidValue) as caught:
        mockmail.inbox.wait_for_count(**{"count": 1, **arguments})

    assert str(caught.value) == words
    if b"x" not in search.values():
        assert refusal("POST", "messages/wait", search) == words


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"status": "403"}, "status must be an integer, not '403'"),
        ({"status": 1000}, "status must be an integer <= 999, not 1000"),
        ({"path": 1}, "path must be a string or null, not 1"),
        ({"after": -1}, "after must be an integer >= 0, not -1"),
        ({"where": ["name"]}, "where must be an object or null, not ['name']"),
        ({"vendor": "nobody"}, "there is no vendor 'nobody'; there are "),
    ],
)
def test_wrong_search_for_requests_is_refused_as_over_http(mockmail, refusal, search, words):
    with pytest.raises((InvalidValue, UnknownName)) as caught:
        mockmail.requests.find(**search)

    assert str(caught.value).startswith(words)
    with pytest.raises(ValueError, match=re.escape(words)):
        mockmail.requests.wait_for(timeout=0, **search)
    with pytest.raises(ValueError, match=re.escape(words)):
        mockmail.requests.verify(**search)
    assert refusal("POST", "requests/wait", search) == str(caught.value)
    assert refusal("POST", "requests/verify", search) == str(caught.value)


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("wait_for_count", {"count": 0}, "count must be an integer >= 1, not 0"),
        ("wait_for_count", {"count": 1, "timeout": "5"}, "timeout must be a number, not '5'"),
        ("verify", {"count": -1}, "count must be an integer >= 0, not -1"),
        ("verify", {"order": "email.send"}, "order must be an array, not 'email.send'"),
    ],
)
def test_wrong_expectation_is_refused_as_over_http(mockmail, refusal, method, arguments, words):
    with pytest.raises(InvalidValue) as caught:
        getattr(mockmail.requests, method)(**arguments)

    assert str(caught.value) == words
    assert refusal("POST", f"requests/{method.partition('_')[0]}", arguments) == words


def test_search_for_requests_takes_a_request_or_its_id(mockmail):
    for path in ("/first", "/second"):
        send_request(mockmail.url, "GET", path)
    first, second = mockmail.requests

    assert mockmail.requests.find(after=first.id) == mockmail.requests.find(after=first) == [second]
    assert mockmail.requests.find(where=lambda request: request.path == "/first", status=None) == [first]


@pytest.mark.parametrize(
    ("path", "arguments", "words"),
    [
        ("faults", {"vendor": 1}, "vendor must be a string, not 1"),
        ("faults", {"vendor": "atmail", "status": "503"}, "status must be an integer or null, not '503'"),
        ("stubs", {"path": 1}, "path must be a string or null, not 1"),
        ("smtp/faults", {"stage": "rcpt", "code": "450"}, "code must be an integer or null, not '450'"),
        ("webhooks", {"url": 1}, "url must be a string, not 1"),
    ],
)
def test_wrong_rule_is_refused_as_over_http(mockmail, refusal, path, arguments, words):
    with pytest.raises(InvalidValue) as caught:
        getattr(mockmail, path.replace("/", "_")).add(**arguments)

    assert str(caught.value) == words
    assert refusal("POST", path, arguments) == words


async def test_wrong_search_is_refused_before_an_asynchronous_wait(mockmail):
    with pytest.raises(InvalidValue, match="subject must be a string or null, not 1"):
        await mockmail.inbox.wait_for_async(subject=1)


def test_vendors_are_listed_and_typed(mockmail):
    assert set(mockmail.server.vendors.vendors) <= set(dir(mockmail))
    assert {"inbox", "requests", "faults", "clock", "smtp", "reset"} <= set(dir(mockmail))


def test_unknown_vendor_is_an_error_that_lists_the_vendors(atmail_only):
    mm = MockMail(vendors=atmail_only)

    assert "rackspace" not in dir(mm)
    with pytest.raises(AttributeError, match="MockMail has no 'rackspace'; its vendors are atmail"):
        _ = mm.rackspace
