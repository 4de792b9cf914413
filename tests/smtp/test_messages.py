"""The sink keeps every byte of a message, its envelope and its transcript."""

from __future__ import annotations

import asyncio
import select
import smtplib
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_message_is_kept_as_the_client_sent_it(mockmail, client):
    assert client.sendmail("bob@example.com", ["jane@example.com", "joe@example.org"], "Subject: Hi\n\nHello\n") == {}
    message = mockmail.inbox[0]
    assert message.raw == b"Subject: Hi\r\n\r\nHello\r\n"
    assert message.envelope.sender == "bob@example.com"
    assert message.envelope.recipients == ("jane@example.com", "joe@example.org")
    assert message.envelope.helo == "client.test"
    assert message.envelope.peer.startswith("127.0.0.1:")
    assert (message.envelope.auth_user, message.envelope.tls) == (None, "")
    assert str(message.sent_by) == "smtp"
    assert (message.subject, message.text, message.size) == ("Hi", "Hello\n", 22)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"..\r\n...two\r\n", b".\r\n..two\r\n"),
        (b"Subject: \xff\xfe\r\n\r\n\x80\r\n", b"Subject: \xff\xfe\r\n\r\n\x80\r\n"),
        (b"a\x00b\r\n", b"a\x00b\r\n"),
        (b"one\rtwo\nthree\r\n", b"one\rtwo\nthree\r\n"),
        (b"\r\n", b"\r\n"),
        (b"", b""),
        (b"trailing blanks  \t\r\n\r\n\r\n", b"trailing blanks  \t\r\n\r\n\r\n"),
    ],
    ids=["dots", "8-bit", "NUL", "bare CR and LF", "an empty line", "nothing", "blanks"],
)
def test_no_byte_is_changed(mockmail, talk, sent, kept):
    talk.begin()
    talk.send(sent + b".\r\n")
    assert talk.reply().startswith("250 2.0.0 Ok: queued as ")
    assert mockmail.inbox[0].raw == kept


def test_reply_names_the_message(mockmail, talk):
    talk.begin()
    reply = talk.say("Hello\r\n.")
    message = mockmail.inbox[0].id
    assert reply == f"250 2.0.0 Ok: queued as {message} at {mockmail.url}/_mockmail/ui/#/inbox/{message}"


def test_parameters_of_the_envelope_are_kept(mockmail, talk):
    talk.say("EHLO client.test")
    assert talk.codes("MAIL FROM:<bob@example.com> SIZE=22 BODY=8BITMIME", "RCPT TO:<jane@example.com>", "DATA") == [
        "250", "250", "354",
    ]  # fmt: skip
    talk.say("Hello\r\n.")
    envelope = mockmail.inbox[0].envelope
    assert envelope.mail_parameters == ("SIZE=22", "BODY=8BITMIME")
    assert envelope.recipient_parameters == ("",)


def test_null_sender_is_empty(mockmail, talk):
    talk.say("EHLO client.test")
    assert talk.codes("MAIL FROM:<>", "RCPT TO:<jane@example.com>", "DATA") == ["250", "250", "354"]
    talk.say("Bounce\r\n.")
    assert mockmail.inbox[0].envelope.sender == ""
    assert [message.id for message in mockmail.inbox.find(to="jane@example.com")] == [mockmail.inbox[0].id]


def test_non_ascii_addresses_are_accepted(mockmail, client):
    client.ehlo()
    assert client.has_extn("smtputf8")
    client.send("MAIL FROM:<björn@example.com> SMTPUTF8\r\n".encode())
    assert client.getreply()[0] == 250
    client.send("RCPT TO:<李雷@例え.example>\r\n".encode())
    assert client.getreply()[0] == 250
    client.data(b"Subject: hi\r\n\r\n")
    envelope = mockmail.inbox.find(to="李雷@例え.example")[0].envelope
    assert (envelope.sender, envelope.recipients) == ("björn@example.com", ("李雷@例え.example",))


def test_transcript_has_only_the_dialogue_of_its_message(mockmail, talk):
    talk.begin()
    talk.say("First\r\n.")
    talk.codes("MAIL FROM:<two@example.com>", "RCPT TO:<jane@example.com>", "DATA")
    talk.say("Second\r\n.")
    transcript = mockmail.inbox[1].envelope.transcript
    assert transcript[0] == "S: 220 mockmail ESMTP mockmail"
    assert transcript[1] == "C: EHLO client.test"
    assert transcript[-6:] == (
        "C: MAIL FROM:<two@example.com>",
        "S: 250 2.1.0 Ok",
        "C: RCPT TO:<jane@example.com>",
        "S: 250 2.1.5 Ok",
        "C: DATA",
        "S: 354 End data with <CR><LF>.<CR><LF>",
    )
    assert not any("bob@example.com" in line for line in transcript)


def test_reset_forgets_the_envelope(mockmail, talk):
    talk.say("EHLO client.test")
    assert talk.codes("MAIL FROM:<a@example.com>", "RCPT TO:<old@example.com>", "RSET", "DATA")[2:] == ["250", "503"]
    assert talk.codes("MAIL FROM:<b@example.com>", "RCPT TO:<new@example.com>", "DATA") == ["250", "250", "354"]
    talk.say("Hello\r\n.")
    assert mockmail.inbox[0].envelope.recipients == ("new@example.com",)
    assert mockmail.inbox[0].envelope.sender == "b@example.com"


def test_commands_may_arrive_all_at_once(mockmail, talk):
    talk.say("EHLO client.test")
    talk.send(
        b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nOne\r\n.\r\n"
        b"MAIL FROM:<c@example.com>\r\nRCPT TO:<d@example.com>\r\nDATA\r\nTwo\r\n.\r\nQUIT\r\n"
    )
    assert [talk.reply()[:3] for _ in range(9)] == ["250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert [message.raw for message in mockmail.inbox] == [b"One\r\n", b"Two\r\n"]


def test_two_clients_at_once_do_not_mix(mockmail, dialogue):
    one, two = dialogue(), dialogue()
    one.begin("one@example.com")
    two.begin("two@example.com")
    one.send(b"From one\r\n")
    two.send(b"From two\r\n")
    assert two.say(".")[:3] == "250"
    assert one.say(".")[:3] == "250"
    assert mockmail.inbox.find(to="one@example.com")[0].raw == b"From one\r\n"
    assert mockmail.inbox.find(to="two@example.com")[0].raw == b"From two\r\n"


def test_many_clients_at_once_lose_nothing(mockmail):
    def send(number):
        with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
            smtp.sendmail("a@example.com", f"n{number}@example.com", f"Subject: n{number}\n\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(40)))
    assert sorted(message.subject for message in mockmail.inbox) == sorted(f"n{number}" for number in range(40))
    assert len({message.id for message in mockmail.inbox}) == 40


def test_client_that_goes_away_in_the_middle_leaves_nothing(mockmail, dialogue):
    gone = dialogue()
    gone.begin()
    gone.send(b"Half of a mess")
    gone.close()
    other = dialogue()
    other.begin()
    assert other.say("Whole\r\n.")[:3] == "250"
    assert [message.raw for message in mockmail.inbox] == [b"Whole\r\n"]


@pytest.mark.mockmail(smtp_idle=0.05)
def test_client_that_is_silent_for_too_long_is_dropped(talk):
    assert talk.greeting.startswith("220")
    assert talk.reply().startswith(("421", ""))
    assert talk.reply() == ""


@pytest.mark.mockmail(smtp_data_seconds=0.3)
def test_message_that_arrives_byte_by_byte_is_ended(mockmail, talk):
    talk.begin()
    while not select.select([talk.socket], [], [], 0.02)[0]:
        talk.send(b"x")

    assert talk.reply() == "421 4.4.2 the message did not arrive in time: see smtp_data_seconds"
    assert list(mockmail.inbox) == []


@pytest.mark.mockmail(smtp_data_seconds=60)
def test_message_that_arrives_just_before_its_end_of_time_is_stored(mockmail, talk):
    (connection,) = mockmail.server._sink.limiter._open
    before = on_loop(connection.loop.time, connection)
    talk.begin()
    after = on_loop(connection.loop.time, connection)
    timer = connection._data_timer
    waits = not timer.cancelled()

    reply = talk.say("Hello\r\n.")

    assert waits
    assert before + 60 <= timer.when() <= after + 60.01  # uvloop counts in milliseconds
    assert reply[:3] == "250"
    assert timer.cancelled()
    assert [message.raw for message in mockmail.inbox] == [b"Hello\r\n"]


def on_loop(call, connection):
    """Return what a function returns on the event loop of a connection."""

    async def run():
        return call()

    return asyncio.run_coroutine_threadsafe(run(), connection.loop).result(20)
