"""Every limit of the sink: a message at the limit is kept, one over it is refused, and the next is kept."""

from __future__ import annotations

import tracemalloc

import pytest
from memory import kept

from mockmail.core.bounds import MailLimits, WorldSettings
from mockmail.inprocess.mockmail import MockMail
from mockmail.server.server_settings import ServerSettings
from mockmail.smtp.reader import CUT, MOST_CHARACTERS, MOST_LINES

LINE = 64 << 10


def assert_in_step(mockmail, talk, before=0):
    """Assert that the connection accepts another message, and that nothing else was kept."""
    assert len(mockmail.inbox) == before
    assert talk.codes("MAIL FROM:<bob@example.com>", "RCPT TO:<next@example.com>", "DATA") == ["250", "250", "354"]
    assert talk.say("Next\r\n.")[:3] == "250"
    assert mockmail.inbox[-1].raw == b"Next\r\n"
    assert len(mockmail.inbox) == before + 1


def test_line_at_the_limit_is_kept(mockmail, talk):
    line = b"x" * (LINE - 2) + b"\r\n"
    talk.begin()
    talk.send(line + b".\r\n")
    assert talk.reply()[:3] == "250"
    assert mockmail.inbox[0].raw == line


@pytest.mark.parametrize("length", [LINE - 1, LINE, LINE + 1, 3 * LINE])
def test_longer_line_is_refused_after_the_message(mockmail, talk, length):
    talk.begin()
    talk.send(b"Subject: x\r\n\r\n" + b"x" * length + b"\r\nQUIT\r\n.\r\n")
    assert talk.reply()[:3] == "500"
    assert_in_step(mockmail, talk)


def test_endless_line_does_not_fill_the_memory(mockmail, talk):
    piece = b"x" * (1 << 20)
    talk.begin()
    tracemalloc.start()
    try:
        for _ in range(16):
            talk.send(piece)
        talk.send(b"\r\n.\r\n")
        assert talk.reply()[:3] == "500"
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert_in_step(mockmail, talk)


def test_incomplete_messages_free_their_memory(mockmail, dialogue):
    half = b"Subject: x\r\n\r\n" + (b"x" * 998 + b"\r\n") * 2000
    assert dialogue().codes("NOOP") == ["250"]
    with kept() as fewer_than:
        for _ in range(6):
            gone = dialogue()
            gone.begin()
            gone.send(half)
            gone.close()
        assert dialogue().codes("NOOP") == ["250"]
        assert fewer_than(2 << 20)
    assert len(mockmail.inbox) == 0


def test_dot_within_a_long_line_does_not_end_the_message(mockmail, talk):
    talk.begin()
    talk.send(b"x" * LINE + b".\r\nMAIL FROM:<evil@example.com>\r\n.\r\n")
    assert talk.reply()[:3] == "500"
    assert_in_step(mockmail, talk)


@pytest.mark.mockmail(max_message_bytes=1000)
def test_message_at_the_limit_is_kept(mockmail, talk):
    talk.begin()
    talk.send(b"x" * 498 + b"\r\n" + b"y" * 498 + b"\r\n.\r\n")
    assert talk.reply()[:3] == "250"
    assert mockmail.inbox[0].size == 1000


@pytest.mark.mockmail(max_message_bytes=1000)
def test_message_over_the_limit_is_refused_and_its_text_is_not_executed(mockmail, talk):
    talk.begin()
    talk.send(b"x" * 498 + b"\r\n" + b"y" * 499 + b"\r\nMAIL FROM:<evil@example.com>\r\nQUIT\r\n.\r\n")
    assert talk.reply()[:3] == "552"
    assert_in_step(mockmail, talk)


@pytest.mark.mockmail(max_message_bytes=1000)
def test_declared_size_over_the_limit_is_refused_at_mail_from(mockmail, talk):
    assert "SIZE 1000" in talk.say("EHLO client.test")
    assert talk.codes("MAIL FROM:<a@example.com> SIZE=1001", "MAIL FROM:<a@example.com> SIZE=1000") == ["552", "250"]


@pytest.mark.mockmail(max_recipients=3)
def test_recipient_over_the_limit_is_refused(mockmail, talk):
    talk.say("EHLO client.test")
    talk.say("MAIL FROM:<a@example.com>")
    assert talk.codes(*[f"RCPT TO:<n{number}@example.com>" for number in range(3)]) == ["250", "250", "250"]
    assert talk.say("RCPT TO:<n3@example.com>") == "452 4.5.3 too many recipients: max_recipients allows no more"
    assert talk.codes("DATA") == ["354"]
    assert talk.say("Hello\r\n.")[:3] == "250"
    assert mockmail.inbox[0].envelope.recipients == ("n0@example.com", "n1@example.com", "n2@example.com")
    assert_in_step(mockmail, talk, 1)


@pytest.mark.mockmail(max_connections=2)
def test_connection_over_the_limit_is_refused(mockmail, dialogue):
    first, second = dialogue(), dialogue()
    assert (first.greeting[:3], second.greeting[:3]) == ("220", "220")
    third = dialogue()
    assert third.greeting == "421 4.3.2 too many connections: see max_connections, try later"
    assert third.reply() == ""
    second.begin()
    assert second.say("Hello\r\n.")[:3] == "250"
    assert first.say("QUIT")[:3] == "221"
    assert first.reply() == ""
    assert dialogue().greeting[:3] == "220"
    assert len(mockmail.inbox) == 1


def with_mail_limits(atmail_only, **limits):
    return MockMail(vendors=atmail_only, settings=ServerSettings(world=WorldSettings(mail=MailLimits(**limits))))


def fill(talk, payload):
    talk.begin()
    talk.send(payload + b".\r\n")
    return talk.reply()


def test_message_over_max_messages_is_refused(atmail_only, dialogue_of):
    with with_mail_limits(atmail_only, messages=2) as mm:
        talk = dialogue_of(mm)
        assert [fill(talk, b"1\r\n")[:3], fill(talk, b"2\r\n")[:3]] == ["250", "250"]
        assert fill(talk, b"3\r\n") == "452 4.3.1 2 messages are kept, the most that max_messages allows"
        assert [message.raw for message in mm.inbox] == [b"1\r\n", b"2\r\n"]
        assert mm.inbox.clear() == 2
        assert fill(talk, b"4\r\n")[:3] == "250"
        assert [message.raw for message in mm.inbox] == [b"4\r\n"]


def test_message_over_max_mail_bytes_is_refused_and_the_envelope_counts(atmail_only, dialogue_of):
    with with_mail_limits(atmail_only, size=10_000) as mm:
        talk = dialogue_of(mm)
        assert fill(talk, b"x" * 98 + b"\r\n")[:3] == "250"
        held = mm.server.sandboxes.get().mail.size
        assert 500 < held < 2000
        room = 10_000 - 2 * held + 100
        refusal = fill(talk, b"y" * (room - 1) + b"\r\n")
        assert refusal == (
            f"452 4.3.1 {held} bytes are kept, the message takes {10_001 - held}, and max_mail_bytes allows 10000"
        )
        assert fill(talk, b"y" * (room - 2) + b"\r\n")[:3] == "250"
        assert [message.size for message in mm.inbox] == [100, room]
        assert mm.server.sandboxes.get().mail.size == 10_000
        mm.inbox.clear()
        assert mm.server.sandboxes.get().mail.size == 0


@pytest.mark.parametrize("commands", ["NOOP", "RCPT TO:<bob@example.com>"])
def test_dialogue_counts_in_max_mail_bytes(atmail_only, dialogue_of, commands):
    with with_mail_limits(atmail_only, size=6_000) as mm:
        talk = dialogue_of(mm)
        talk.codes("EHLO client.test", "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", *[commands] * 400)
        assert talk.say("DATA")[:3] == "354"
        assert "the message takes " in talk.say("x\r\n.")
        assert mm.inbox.find() == []


SMUGGLING = [
    b"\n.\n",
    b"\r.\r",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\r\n\x00.\r\n",
    b"\n.\r",
    b"\r\n. \r\n",
]


@pytest.mark.parametrize("end", SMUGGLING, ids=repr)
def test_only_crlf_dot_crlf_ends_a_message(mockmail, talk, end):
    inside = b"Hello" + end + b"MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSmuggled\r\n"
    talk.begin()
    talk.send(inside + b".\r\n")
    assert talk.reply()[:3] == "250"
    assert talk.say("NOOP")[:3] == "250"
    assert [message.envelope.sender for message in mockmail.inbox] == ["bob@example.com"]
    assert b"Smuggled\r\n" in mockmail.inbox[0].raw


def test_too_long_command_is_refused(mockmail, talk):
    talk.say("EHLO client.test")
    assert talk.say("MAIL FROM:<" + "a" * 700 + "@example.com>")[:1] == "5"
    assert talk.say("NOOP " + "x" * 200_000)[:3] == "500"
    assert_in_step(mockmail, talk)


@pytest.mark.parametrize("size", ["²", "٣", "1²", "9" * 21, "-1", "1e3", ""])
def test_size_that_is_no_number_is_a_syntax_error(mockmail, talk, caplog, size):
    talk.say("EHLO client.test")
    assert talk.say(f"MAIL FROM:<a@example.com> SIZE={size}")[:3] == "501"
    assert caplog.records == []
    assert_in_step(mockmail, talk)


def noops(talk, count):
    for _ in range(count // 100):
        talk.send(b"NOOP\r\n" * 100)
        for _ in range(100):
            talk.reply()


def transcript_after(mockmail, talk, commands):
    """Return the transcript of a message with this many commands between RCPT and DATA."""
    talk.codes("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>")
    talk.send(b"NOOP\r\n" * commands)
    for _ in range(commands):
        talk.reply()
    talk.codes("DATA")
    talk.say("x\r\n.")
    return mockmail.inbox[-1].envelope.transcript


def test_transcript_at_the_bound_is_complete_and_a_longer_one_is_cut(mockmail, talk):
    talk.say("EHLO client.test")
    within = MOST_LINES // 2 - len(("MAIL", "RCPT", "DATA"))

    complete, cut = (transcript_after(mockmail, talk, commands) for commands in (within, within + 1))

    assert complete[-1].startswith("S: 354")
    assert (cut[-1], len(cut)) == (CUT, len(complete) + 1)


def test_transcript_of_endless_commands_is_cut(mockmail, talk):
    noops(talk, 3000)
    talk.begin()
    talk.say("x\r\n.")
    transcript = mockmail.inbox[0].envelope.transcript
    assert transcript[MOST_LINES] == CUT
    assert len(transcript) == MOST_LINES + 1 + 6
    assert transcript[-1].startswith("S: 354")


def test_transcript_of_long_lines_is_cut(mockmail, talk):
    for _ in range(20):
        talk.say("NOOP " + "x" * 5000)
    talk.begin()
    talk.say("x\r\n.")
    transcript = mockmail.inbox[0].envelope.transcript
    assert transcript.count(CUT) == 1
    assert sum(map(len, transcript)) < MOST_CHARACTERS + 1000
