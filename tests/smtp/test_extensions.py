"""The extensions that EHLO announces: PIPELINING, DSN and ENHANCEDSTATUSCODES; and the page that a reply names."""

from __future__ import annotations

import re

import pytest
from http_client import send_request

MAIL, RCPT = "MAIL FROM:<bob@example.com>", "RCPT TO:<jane@example.com>"


def test_extensions_are_announced(talk):
    assert talk.say("EHLO client.test").split("|") == [
        "250-mockmail",
        "250-SIZE 52428800",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-AUTH CRAM-MD5 LOGIN PLAIN",
        "250-PIPELINING",
        "250-DSN",
        "250-ENHANCEDSTATUSCODES",
        "250 HELP",
    ]


def test_every_reply_has_an_enhanced_status_code(talk):
    talk.say("EHLO client.test")
    commands = [
        "NONSENSE", "", "RCPT TO:<a@b>", "DATA", "EXPN x", "VRFY", "VRFY a@b", "NOOP", "HELP", "RSET", "RSET x",
        "STARTTLS", "AUTH", "AUTH X", "AUTH PLAIN !!!", "AUTH PLAIN AGEAYg==", "AUTH PLAIN AGEAYg==", "MAIL",
        "MAIL FROM:<@>", "MAIL FROM:<a@b> X=Y", "MAIL FROM:<a@b> BODY=9", "MAIL FROM:<a@b> SIZE=99999999999",
        MAIL, MAIL, "RCPT", "RCPT TO:<a@b> X=Y", "RCPT TO:<@>", RCPT, "DATA x", "NOOP " + "x" * 2000,
    ]  # fmt: skip

    replies = [talk.say(command) for command in commands]
    talk.say("DATA")
    replies += [talk.say("Hello\r\n."), talk.say("QUIT")]

    for command, reply in zip([*commands, "message", "QUIT"], replies, strict=True):
        assert re.match(r"([245])[0-9]{2} \1\.[0-9]\.[0-9]{1,2} \S", reply), (command, reply)


def test_reply_of_a_fault_is_sent_as_it_was_given(mockmail, talk):
    mockmail.smtp_faults.add("rcpt", code=451, status="", text="Greylisted", times=1)
    talk.codes("EHLO client.test", MAIL)

    assert [talk.say(RCPT), talk.say(RCPT)] == ["451 Greylisted", "250 2.1.5 Ok"]


def test_commands_of_a_group_are_answered_in_order(mockmail, talk):
    talk.say("EHLO client.test")

    talk.send(f"{MAIL}\r\nRCPT TO:<\r\n{RCPT}\r\nDATA\r\n".encode())
    replies = [talk.reply()[:3] for _ in range(4)]
    talk.send(f"Hello\r\n.\r\n{MAIL}\r\nDATA\r\nNOOP\r\n".encode())
    replies += [talk.reply()[:3] for _ in range(4)]

    assert replies == ["250", "553", "250", "354", "250", "250", "503", "250"]
    assert [message.raw for message in mockmail.inbox] == [b"Hello\r\n"]


def test_parameters_of_dsn_are_recorded_as_they_were_sent(mockmail, talk):
    talk.say("EHLO client.test")
    talk.codes(f"{MAIL} ret=hdrs ENVID=Order+207 SIZE=7", f"{RCPT} NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Jane@example.com")
    talk.codes("RCPT TO:<joe@example.com> NOTIFY=NEVER", "DATA")
    talk.say("Hello\r\n.")

    envelope = mockmail.inbox[0].envelope
    assert envelope.mail_parameters == ("ret=hdrs", "ENVID=Order+207", "SIZE=7")
    assert envelope.recipient_parameters == ("NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Jane@example.com", "NOTIFY=NEVER")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (f"{MAIL} RET=NONE", "501"),
        (f"{MAIL} RET", "501"),
        (f"{MAIL} RET=FULL RET=FULL", "501"),
        (f"{MAIL} ENVID=" + "x" * 100, "250"),
        (f"{MAIL} ENVID=" + "x" * 101, "501"),
        (f"{MAIL} ENVID=a+b", "501"),
        (f"{MAIL} NOTIFY=NEVER", "555"),
    ],
)
def test_parameter_of_dsn_that_is_broken_is_refused_at_mail(talk, command, code):
    talk.say("EHLO client.test")

    assert talk.say(command)[:3] == code


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("NOTIFY=NEVER,SUCCESS", "501"),
        ("NOTIFY=", "501"),
        ("NOTIFY=SUCCESS,FAILURE,DELAY", "250"),
        ("ORCPT=jane@example.com", "501"),
        ("ORCPT=utf-8;j\u00fcrgen@example.com", "250"),
        ("ORCPT=rfc822;" + "x" * 500, "250"),
        ("ORCPT=rfc822;" + "x" * 501, "501"),
        ("RET=FULL", "555"),
    ],
)
def test_parameter_of_dsn_that_is_broken_is_refused_at_rcpt(talk, parameter, code):
    talk.codes("EHLO client.test", MAIL)

    assert talk.say(f"{RCPT} {parameter}")[:3] == code
    assert talk.codes(RCPT, "DATA") == ["250", "354"]


def test_reply_names_the_page_of_the_sandbox(mockmail, talk):
    talk.codes("EHLO client.test", "AUTH PLAIN AH5taW5lAHg=", MAIL, RCPT, "DATA")

    reply = talk.say("Hello\r\n.")

    [message] = mockmail.sandbox("mine").inbox.find()
    url = f"{mockmail.url}/~mine/_mockmail/ui/#/inbox/{message.id}"
    assert reply == f"250 2.0.0 Ok: queued as {message.id} at {url}"
    assert send_request(mockmail.url, "GET", url.removeprefix(mockmail.url).partition("#")[0]).status == 200
