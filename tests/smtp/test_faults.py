"""SMTP faults by stage, as seen by smtplib, aiosmtplib, nodemailer and vendors' relays."""

from __future__ import annotations

import os
import smtplib
import time
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from http_client import send_request
from node_packages import run_node, why_missing

from mockmail import MockMail
from mockmail.core.mail.message import SentBy
from mockmail.core.mail.outgoing import Outgoing, Relay, Security, Send, Stage

ROOT = Path(__file__).parents[2]
MAIL = b"From: bob@example.com\r\nTo: jane@example.com\r\nSubject: Invoice 7\r\n\r\nPay the invoice soon.\r\n"
NODEMAILER = """
    const [host, port] = process.argv.slice(1);
    const transport = require("nodemailer").createTransport({
      host, port: Number(port), secure: false, ignoreTLS: true, auth: { user: "jane", pass: "secret" },
      greetingTimeout: 20000, socketTimeout: 20000,
    });
    transport.sendMail({ from: "bob@example.com", to: "jane@example.com", subject: "Invoice 7", text: "Pay soon." })
      .then(() => "accepted", error => [error.code, error.responseCode ?? "-", error.command].join(" "))
      .then(seen => { console.log(seen); process.exit(0); });
"""

pytestmark = pytest.mark.mockmail(strict=False)

BY_STAGE: dict[str, dict[str, Any]] = {
    "connect": {"stage": "connect", "disconnect": True},
    "greeting": {"stage": "greeting", "code": 554},
    "ehlo": {"stage": "ehlo", "code": 421},
    "auth": {"stage": "auth", "code": 454},
    "mail": {"stage": "mail", "code": 451},
    "rcpt": {"stage": "rcpt", "code": 550, "status": "5.1.1", "text": "No such user here"},
    "data": {"stage": "data", "code": 452},
    "after_data": {"stage": "after_data", "code": 554, "content": "pay"},
    "disconnect": {"stage": "after_data", "disconnect": True},
}
SEEN = {
    "connect": ("SMTPServerDisconnected -", "SMTPConnectError -", "ECONNECTION - CONN"),
    "greeting": ("SMTPConnectError 554", "SMTPConnectResponseError 554", "EPROTOCOL 554 CONN"),
    "ehlo": ("SMTPServerDisconnected -", "SMTPHeloError 421", "ECONNECTION 421 EHLO"),
    "auth": ("SMTPAuthenticationError 454", "SMTPAuthenticationError 454", "EAUTH 454 AUTH PLAIN"),
    "mail": ("SMTPSenderRefused 451", "SMTPSenderRefused 451", "EENVELOPE 451 MAIL FROM"),
    "rcpt": ("SMTPRecipientsRefused 550", "SMTPRecipientsRefused 550", "EENVELOPE 550 RCPT TO"),
    "data": ("SMTPDataError 452", "SMTPDataError 452", "EENVELOPE 452 DATA"),
    "after_data": ("SMTPDataError 554", "SMTPDataError 554", "EMESSAGE 554 DATA"),
    "disconnect": ("SMTPServerDisconnected -", "SMTPServerDisconnected -", "ECONNECTION - CONN"),
}


def code_of(error):
    if hasattr(error, "recipients"):  # one for each recipient that was refused
        refused = error.recipients
        return next(iter(refused.values()))[0] if isinstance(refused, dict) else refused[0].code
    return getattr(error, "smtp_code", getattr(error, "code", "-"))


def smtplib_sees(mm):
    try:
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, "client.test", timeout=20) as client:
            client.login("jane", "secret")
            client.sendmail("bob@example.com", ["jane@example.com"], MAIL)
    except smtplib.SMTPException as error:
        return f"{type(error).__name__} {code_of(error)}"
    return "accepted"


async def aiosmtplib_sees(mm):
    client = aiosmtplib.SMTP(hostname=mm.smtp_host, port=mm.smtp_port, use_tls=False, start_tls=False, timeout=20)
    try:
        async with client:
            await client.login("jane", "secret")
            await client.sendmail("bob@example.com", ["jane@example.com"], MAIL)
    except aiosmtplib.SMTPException as error:
        return f"{type(error).__name__} {code_of(error)}"
    return "accepted"


def nodemailer_sees(mm):
    if why := why_missing("nodemailer"):
        pytest.skip(why)
    return run_node(NODEMAILER, os.environ, mm.smtp_host, str(mm.smtp_port)).strip()


PYTHON_TIMES = {"auth": 3}
"""smtplib and aiosmtplib try CRAM-MD5, PLAIN and LOGIN, one after the other."""


@pytest.mark.parametrize("name", BY_STAGE)
def test_smtplib_sees_the_fault_and_then_succeeds(mockmail, name):
    mockmail.smtp_faults.add(**BY_STAGE[name], times=PYTHON_TIMES.get(name, 1))
    assert [smtplib_sees(mockmail), len(mockmail.inbox)] == [SEEN[name][0], 0]
    assert [smtplib_sees(mockmail), len(mockmail.inbox)] == ["accepted", 1]


@pytest.mark.parametrize("name", BY_STAGE)
async def test_aiosmtplib_sees_the_fault_and_then_succeeds(mockmail, name):
    mockmail.smtp_faults.add(**BY_STAGE[name], times=PYTHON_TIMES.get(name, 1))
    assert [await aiosmtplib_sees(mockmail), len(mockmail.inbox)] == [SEEN[name][1], 0]
    assert [await aiosmtplib_sees(mockmail), len(mockmail.inbox)] == ["accepted", 1]


@pytest.mark.parametrize("name", BY_STAGE)
def test_nodemailer_sees_the_fault_and_then_succeeds(mockmail, name):
    mockmail.smtp_faults.add(**BY_STAGE[name])
    assert [nodemailer_sees(mockmail), len(mockmail.inbox)] == [SEEN[name][2], 0]
    assert [nodemailer_sees(mockmail), len(mockmail.inbox)] == ["accepted", 1]


def test_451_twice_and_then_accepted_is_one_call(mockmail):
    fault = mockmail.smtp_faults.add("rcpt", code=451, status="4.7.1", text="Greylisted", times=2)

    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=20) as client:
        client.ehlo()
        client.mail("bob@example.com")
        replies = [client.rcpt("jane@example.com") for _ in range(3)]

    assert replies == [(451, b"4.7.1 Greylisted")] * 2 + [(250, b"2.1.5 Ok")]
    assert fault.used == 2
    assert str(fault) == "SMTP rcpt: 451 4.7.1 Greylisted, used 2 of 2 times"


def test_after_lets_the_first_recipients_pass(mockmail, dialogue_of):
    mockmail.smtp_faults.add("rcpt", code=452, after=1, times=None)
    client = dialogue_of(mockmail)
    client.codes("EHLO client.test", "MAIL FROM:<bob@example.com>")
    assert client.codes(*["RCPT TO:<jane@example.com>"] * 3) == ["250", "452", "452"]


@pytest.mark.mockmail(smtp_starttls="offered", strict=False)
def test_starttls_fault_is_seen_by_a_client(mockmail):
    mockmail.smtp_faults.add("starttls", code=454, text="TLS not available")
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=20) as client:
        client.ehlo()
        with pytest.raises(smtplib.SMTPResponseException, match="TLS not available"):
            client.starttls()
        assert client.noop()[0] == 250


class TestConditions:
    """A fault for some messages only."""

    def refusals(self, mm, *messages):
        """Send `(sender, recipient, subject)`, and return the codes of the errors."""
        codes = []
        for sender, recipient, subject in messages:
            with smtplib.SMTP(mm.smtp_host, mm.smtp_port, timeout=20) as client:
                try:
                    client.sendmail(sender, [recipient], f"Subject: {subject}\n\nHello\n")
                except smtplib.SMTPException as error:
                    codes.append(code_of(error))
                else:
                    codes.append(250)
        return codes

    @pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "after_data"])
    def test_sender_is_compared_at_each_stage_that_knows_it(self, mockmail, stage):
        mockmail.smtp_faults.add(stage, code=554, sender="*@Spam.example", times=None)
        messages = [("a@spam.example", "x@example.com", "s"), ("a@ham.example", "x@example.com", "s")]
        assert self.refusals(mockmail, *messages) == [554, 250]

    @pytest.mark.parametrize("stage", ["rcpt", "data", "after_data"])
    def test_recipient_is_compared_at_each_stage_that_knows_it(self, mockmail, stage):
        mockmail.smtp_faults.add(stage, code=550, recipient="full@b\u00fccher.example", times=None)
        messages = [("a@a.example", to, "s") for to in ("full@xn--bcher-kva.example", "free@xn--bcher-kva.example")]
        assert self.refusals(mockmail, *messages) == [550, 250]

    def test_content_is_compared_as_in_a_search(self, mockmail):
        mockmail.smtp_faults.add("after_data", code=552, content="big ATTACHMENT", times=None)
        messages = [("a@a.example", "b@b.example", subject) for subject in ("A big attachment", "An attachment, big")]
        assert self.refusals(mockmail, *messages) == [552, 250]
        assert [message.subject for message in mockmail.inbox] == ["An attachment, big"]

    def test_sandbox_of_a_client_is_known_after_auth(self, mockmail):
        mockmail.sandbox("mine").smtp_faults.add("mail", code=451, times=None)
        with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=20) as client:
            client.ehlo()
            assert client.mail("a@example.com")[0] == 250
            client.rset()
            client.login("~mine", "x")
            assert client.mail("a@example.com")[0] == 451


class TestConnection:
    """Delays, throttling and closed connections."""

    def test_delayed_reply_is_otherwise_unchanged(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("greeting", delay=0.05)
        mockmail.smtp_faults.add("mail", delay={"distribution": "uniform", "low": 0.01, "high": 0.02})
        client = dialogue_of(mockmail)
        assert client.greeting.startswith("220 ")
        assert client.codes("EHLO client.test", "MAIL FROM:<bob@example.com>") == ["250", "250"]
        assert mockmail.smtp_faults.unused() == []

    @pytest.mark.mockmail(strict=False, smtp_idle=0.2)
    def test_delay_longer_than_the_idle_time_keeps_the_connection(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("greeting", delay=0.5)
        assert dialogue_of(mockmail).greeting.startswith("220 ")

    def test_throttled_connection_takes_a_whole_message(self, mockmail):
        mockmail.smtp_faults.add("connect", throttle=50_000)
        with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, timeout=20) as client:
            client.sendmail(
                "a@example.com", ["b@example.com"], b"Subject: slow\r\n\r\n" + b"x" * 70 * 100 + b"\r\n.y\r\n"
            )
        [message] = mockmail.inbox
        assert message.raw.endswith(b"x\r\n.y\r\n")

    def test_seconds_that_a_fault_slows_a_message_down_do_not_count_for_its_bound(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("connect", throttle=1_000_000)
        client = dialogue_of(mockmail)
        client.begin()
        [connection] = mockmail.server._sink.limiter._open

        client.send(b"x\r\n")
        while not connection._reader.slept:
            time.sleep(0.001)
        connection._reader.slept += 600
        mockmail._bridge.call(lambda _: connection._end_slow_data())

        assert client.say("x\r\n.").startswith("250")

    def test_delay_of_the_reply_does_not_count_for_the_bound_of_a_message(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("after_data", delay=0.01)
        client = dialogue_of(mockmail)
        client.begin()
        [connection] = mockmail.server._sink.limiter._open

        assert client.say("x\r\n.").startswith("250")

        assert connection._data_timer.cancelled()

    def test_reply_comes_before_the_connection_is_closed(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("mail", code=450, text="Go away", disconnect=True)
        client = dialogue_of(mockmail)
        client.say("EHLO client.test")
        assert [client.say("MAIL FROM:<bob@example.com>"), client.reply()] == ["450 4.0.0 Go away", ""]

    def test_code_421_closes_the_connection(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("mail", code=421)
        client = dialogue_of(mockmail)
        client.say("HELO client.test")
        closing = "421 4.0.0 Service not available, closing the connection"
        assert [client.say("MAIL FROM:<bob@example.com>"), client.reply()] == [closing, ""]

    def test_refused_data_command_takes_no_message_and_the_dialogue_goes_on(self, mockmail, dialogue_of):
        mockmail.smtp_faults.add("data", code=451)
        client = dialogue_of(mockmail)
        codes = client.codes(
            "EHLO client.test", "MAIL FROM:<bob@example.com>", "RCPT TO:<jane@example.com>", "DATA", "DATA"
        )
        assert codes == ["250", "250", "250", "451", "354"]

    def test_starttls_and_unknown_syntax_are_still_listed_by_help(self, mockmail, dialogue_of):
        client = dialogue_of(mockmail)
        assert "AUTH DATA EHLO HELO" in client.say("HELP")


class TestRelays:
    """The same faults for a vendor that sends through a relay."""

    async def send(self, mm):
        """Send a message as a vendor does, and return the outcome."""
        relay = Relay(host="mail.example.com", port=25, security=Security.OPPORTUNISTIC, user="jane", password="secret")
        message = Outgoing(sender="a@example.com", recipients=("b@example.com",), raw=MAIL)
        world = mm.server.sandboxes.get()
        return await mm.server._submission.perform(
            Send(message=message, then=lambda _: None, relay=relay), world, SentBy()
        )

    @pytest.mark.parametrize(
        ("given", "stage", "code"),
        [
            ({"stage": "connect", "disconnect": True}, Stage.CONNECT, None),
            ({"stage": "greeting", "code": 554}, Stage.CONNECT, 554),
            ({"stage": "starttls", "code": 454}, Stage.STARTTLS, 454),
            ({"stage": "auth", "code": 535, "times": None}, Stage.AUTHENTICATE, 535),
            ({"stage": "mail", "code": 451, "sender": "a@*"}, Stage.SENDER, 451),
            ({"stage": "rcpt", "code": 550, "recipient": "b@*"}, Stage.RECIPIENTS, 550),
            ({"stage": "data", "code": 452}, Stage.DATA, 452),
            ({"stage": "after_data", "code": 554, "content": "invoice"}, Stage.DATA, 554),
            ({"stage": "after_data", "disconnect": True}, Stage.DATA, None),
        ],
        ids=lambda value: value["stage"] if isinstance(value, dict) else "",
    )
    async def test_relay_fails_at_the_stage_and_then_succeeds(self, given, stage, code):
        async with MockMail() as mm:
            fault = mm.smtp_faults.add(**given)
            failed = await self.send(mm)
            mm.smtp_faults.remove(fault)
            sent = await self.send(mm)

            assert (failed.failure.stage, failed.failure.code) == (stage, code)
            assert fault.used > 0
            assert [message.id for message in mm.inbox] == [sent.message]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"stage": "quit", "code": 451}, "stage must be "),
        ({"stage": "rcpt"}, "an SMTP fault needs a code, a delay, a throttle or disconnect"),
        ({"stage": "rcpt", "code": 250}, "code must be an integer >= 400, not 250"),
        ({"stage": "connect", "code": 421}, "the stage 'connect' has no reply: use disconnect or delay"),
        (
            {"stage": "ehlo", "code": 421, "sender": "*"},
            "sender is not known at the stage 'ehlo'; the stage must be mail or ",
        ),
        ({"stage": "mail", "code": 421, "recipient": "*"}, "recipient is not known at the stage 'mail'"),
        ({"stage": "data", "code": 421, "content": "x"}, "content is not known at the stage 'data'"),
        ({"stage": "after_data", "code": 554, "content": "?!"}, "content must have a word, not '?!'"),
        (
            {"stage": "rcpt", "code": 451, "status": "5.1.1"},
            "status must be an enhanced status such as 4.3.0 for the code 451",
        ),
        ({"stage": "rcpt", "code": 451, "text": "a\r\nb"}, "text must be one line of at most 400 characters"),
        ({"stage": "rcpt", "code": 451, "text": "x" * 401}, "text must be one line of at most 400 characters"),
        ({"stage": "rcpt", "text": "x", "delay": 1}, "text and status belong to a reply: give its code too"),
        ({"stage": "rcpt", "throttle": 0}, "throttle must be an integer >= 1, not 0"),
        ({"stage": "rcpt", "delay": 601}, "delay must be a number <= 600.0, not 601"),
        ({"stage": "rcpt", "code": 451, "times": 0}, "times must be an integer >= 1, not 0"),
    ],
)
def test_smtp_fault_that_no_dialogue_could_meet_is_refused(mockmail, given, expected):
    answer = send_request(mockmail.url, "POST", "/_mockmail/smtp/faults", json=given)
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the message is compared
        mockmail.smtp_faults.add(**given)
    assert (answer.status, answer.json["error"]) == (400, str(refused.value))
    assert answer.json["error"].startswith(expected)


def test_smtp_faults_over_http(mockmail):
    url = f"{mockmail.url}/_mockmail"

    added = send_request(url, "POST", "/smtp/faults", json={"stage": "rcpt", "code": 451, "times": None})

    assert (added.status, added.json["id"], added.json["times"], added.json["used"]) == (201, 1, None, 0)
    assert smtplib_sees(mockmail) == "SMTPRecipientsRefused 451"
    assert send_request(url, "GET", "/smtp/faults").json == {"faults": [added.json | {"used": 1}]}
    assert send_request(url, "DELETE", "/smtp/faults/1").json == {"removed": 1}
    assert send_request(url, "DELETE", "/smtp/faults/1").status == 404
    assert smtplib_sees(mockmail) == "accepted"
    mockmail.smtp_faults.add("rcpt", code=451)
    assert send_request(url, "DELETE", "/smtp/faults").json == {"removed": 1}


def test_smtp_faults_end_with_reset_and_with_the_other_faults(mockmail):
    mockmail.smtp_faults.add("rcpt", code=451)
    mockmail.faults.clear()
    assert list(mockmail.smtp_faults) == []
    mockmail.smtp_faults.add("rcpt", code=451)
    mockmail.reset()
    assert list(mockmail.smtp_faults) == []
    first, second = (mockmail.smtp_faults.add("rcpt", code=code) for code in (451, 452))
    mockmail.smtp_faults.remove(first)
    assert list(mockmail.smtp_faults) == [second]
