"""Random SMTP dialogues: the sink replies once to each command, and serves the next client."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

REPLY = re.compile(r"(?:[2-5][0-9]{2}-[^|]*\|)*[2-5][0-9]{2} .*", re.DOTALL)

PATHS = st.sampled_from(
    ["<a@example.com>", "<>", "<é@example.com>", "<@a,@b:c@example.com>", '<"a b"@x>', "<a@[::1]>", "a@b", "<", ""]
) | st.text('<>@ "()a.\\,:[]\u00e9', max_size=9)
PARAMETERS = st.sampled_from(
    ["", " SIZE=100", " SIZE=²", " SIZE=" + "9" * 30, " BODY=8BITMIME", " SMTPUTF8", " NOTIFY=NEVER", " X"]
)
LOGINS = st.one_of(
    st.binary(max_size=40).filter(lambda login: b"~" not in login).map(lambda login: b64encode(login).decode()),
    st.sampled_from(["=", "====", "A", "AGEAYg", "AGEAYg==", "\u00e9", "A" * 600, "A B"]),
)
COMMANDS = st.one_of(
    st.builds("AUTH {} {}".format, st.sampled_from(["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"]), LOGINS),
    st.builds(
        "{} {}".format,
        st.sampled_from(["HELO", "EHLO", "VRFY", "HELP", "NOOP"]),
        st.sampled_from(["", "x", "[", "é" * 50]),
    ),
    st.builds("MAIL FROM:{}{}".format, PATHS, PARAMETERS),
    st.builds("RCPT TO:{}{}".format, PATHS, PARAMETERS),
    st.sampled_from(
        ["RSET", "DATA x", "STARTTLS x", "AUTH", "AUTH X", "AUTH PLAIN AGEAYg==", "AUTH PLAIN ====", "BDAT 5 LAST", ""]
    ),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30),
)
ENDS_OR_CONTINUES = re.compile(r"\s*(QUIT|DATA|AUTH|STARTTLS)\b", re.IGNORECASE)
MESSAGES = st.binary(max_size=200).filter(lambda content: b"\r\n." not in b"\r\n" + content)


@pytest.mark.mockmail(strict=False)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(COMMANDS.filter(lambda line: not ENDS_OR_CONTINUES.match(line) or " " in line.strip()), max_size=15),
    MESSAGES,
)
def test_each_command_of_a_random_dialogue_gets_one_reply(mockmail, dialogue_of, commands, content):
    mockmail.inbox.clear()
    talk = dialogue_of(mockmail)
    for command in commands:
        reply = talk.say(command)
        assert REPLY.fullmatch(reply)
        assert not reply.startswith("451")  # an internal error
        if reply.startswith("334"):  # AUTH asks for more
            assert REPLY.fullmatch(talk.say("*"))
    if talk.say("RSET") == "":  # after QUIT
        talk = dialogue_of(mockmail)
    talk.begin()
    talk.send(content + b"\r\n.\r\n")
    assert talk.reply().startswith("250 ")
    talk.close()
    assert [message.raw for message in mockmail.inbox] == [content + b"\r\n"]
