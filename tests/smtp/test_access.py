"""AUTH, sandboxes by AUTH, and whom the sink turns down."""

from __future__ import annotations

import base64
import smtplib

import pytest


def plain(user: str, password: str = "secret") -> str:
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_any_name_and_password_are_accepted(mockmail, client, mechanism):
    client.ehlo()
    client.user, client.password = "jane", "hunter2"
    code, _ = client.auth(mechanism, {"PLAIN": client.auth_plain, "LOGIN": client.auth_login}[mechanism])
    assert code == 235
    client.sendmail("a@example.com", "b@example.com", "Subject: hi\n\n")
    envelope = mockmail.inbox[0].envelope
    assert envelope.auth_user == "jane"
    assert not any("hunter2" in line or "secret" in line for line in envelope.transcript)


@pytest.mark.parametrize(
    "lines",
    [
        [f"AUTH PLAIN {plain('jane')}"],
        ["AUTH PLAIN", plain("jane")],
        ["AUTH LOGIN", coded("jane"), coded("secret")],
        [f"AUTH LOGIN {coded('jane')}", coded("secret")],
        [f"auth PLAIN {plain('jane')}"],
    ],
)
def test_transcript_masks_credentials(mockmail, talk, lines):
    talk.say("EHLO client.test")
    replies = talk.codes(*lines)
    assert replies == ["334"] * (len(lines) - 1) + ["235"]
    talk.codes("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA")
    talk.say("Hello\r\n.")
    transcript = "\n".join(mockmail.inbox[0].envelope.transcript)
    assert mockmail.inbox[0].envelope.auth_user == "jane"
    for hidden in (plain("jane"), coded("jane"), coded("secret"), "secret"):
        assert hidden not in transcript
    assert "***" in transcript


def test_user_name_with_a_tilde_selects_a_sandbox(mockmail, talk):
    talk.say("EHLO client.test")
    assert talk.say(f"AUTH PLAIN {plain('~mine')}")[:3] == "235"
    talk.codes("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA")
    talk.say("Hello\r\n.")
    assert len(mockmail.inbox) == 0
    message = mockmail.sandbox("mine").inbox[0]
    assert (message.raw, message.envelope.auth_user) == (b"Hello\r\n", "~mine")


@pytest.mark.parametrize("name", ["~", "~../etc", "~a b", "~" + "x" * 65, "~-x"])
def test_invalid_sandbox_name_is_refused(mockmail, talk, name):
    talk.say("EHLO client.test")
    reply = talk.say(f"AUTH PLAIN {plain(name)}")
    assert reply.startswith("535 5.7.8 a sandbox cannot be named ")
    assert mockmail.server.sandboxes.names() in ([], ["default"])
    assert talk.say(f"AUTH PLAIN {plain('~' + 'x' * 64)}")[:3] == "235"


@pytest.mark.mockmail(max_sandboxes=2)
def test_sandbox_over_the_limit_is_refused_and_others_still_work(mockmail, dialogue):
    for name in ("~a", "~b", "~a"):
        talk = dialogue()
        talk.say("EHLO client.test")
        assert talk.say(f"AUTH PLAIN {plain(name)}")[:3] == "235"
        talk.begin()
        assert talk.say("Hello\r\n.")[:3] == "250"
    late = dialogue()
    late.say("EHLO client.test")
    assert late.say(f"AUTH PLAIN {plain('~c')}") == (
        "535 5.7.8 there are 2 sandboxes with state or mail, the most that max_sandboxes allows"
    )
    late.begin()
    assert late.say("Hello\r\n.")[:3] == "250"
    assert len(mockmail.inbox) == 1


def test_accounts_of_the_rules_are_required(mockmail, client):
    mockmail.server.sandboxes.get().smtp.accounts = {"jane": "right"}
    mockmail.server.sandboxes.get().smtp.require_auth = True
    with pytest.raises(smtplib.SMTPSenderRefused, match=r"530.*Authentication required"):
        client.sendmail("a@example.com", "b@example.com", "hi")
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        client.login("jane", "wrong")
    client.login("jane", "right")
    assert client.sendmail("a@example.com", "b@example.com", "hi") == {}
    assert [message.envelope.auth_user for message in mockmail.inbox] == ["jane"]


def test_addresses_of_the_rules_are_refused(mockmail, talk):
    mockmail.server.sandboxes.get().smtp.refused_senders = ["*@spam.example"]
    mockmail.server.sandboxes.get().smtp.refused_recipients = ["no@*"]
    talk.say("EHLO client.test")
    assert talk.say("MAIL FROM:<a@Spam.Example>") == "550 5.7.1 <a@Spam.Example>: Sender address rejected"
    assert talk.codes("MAIL FROM:<a@example.com>") == ["250"]
    assert talk.say("RCPT TO:<no@example.com>") == "550 5.1.1 <no@example.com>: Recipient address rejected"
    assert talk.codes("RCPT TO:<yes@example.com>", "DATA") == ["250", "354"]
    assert talk.say("Hello\r\n.")[:3] == "250"
    assert mockmail.inbox[0].envelope.recipients == ("yes@example.com",)


@pytest.mark.mockmail(reject_unknown_recipients=True, seed={"format": 1, "vendors": {}})
def test_unknown_recipients_of_a_hosted_domain_are_refused(mockmail, talk):
    talk.say("EHLO client.test")
    talk.say("MAIL FROM:<a@example.com>")
    assert talk.say("RCPT TO:<nobody@yourdomain.com>") == (
        "550 5.1.1 <nobody@yourdomain.com>: Recipient address rejected: User unknown in virtual mailbox table"
    )
    assert talk.codes("RCPT TO:<nobody@YourDomain.Com>", "RCPT TO:<anybody@elsewhere.test>") == ["550", "250"]
    mockmail.atmail.seed(
        accounts=[
            {
                "accountId": 77, "createdByUserId": 1, "username": "jane@yourdomain.com", "password": "x",
                "domainId": 1, "dateModified": "", "dateCreate": "", "homeDir": "",
            }
        ]
    )  # fmt: skip
    assert talk.codes("RCPT TO:<jane@yourdomain.com>", "DATA") == ["250", "354"]
    talk.say("Hello\r\n.")
    assert mockmail.inbox[0].envelope.recipients == ("anybody@elsewhere.test", "jane@yourdomain.com")
    assert [(delivery.vendor, delivery.mailbox) for delivery in mockmail.inbox[0].deliveries] == [("atmail", "77")]


def test_unknown_recipients_are_accepted_by_default(mockmail, talk):
    talk.begin("nobody@yourdomain.com")
    assert talk.say("Hello\r\n.")[:3] == "250"
    assert mockmail.inbox[0].deliveries == ()


CONTROL_CHARACTERS = ["\x01", "\x0b", "\r", "\x1b[31m", "\x7f", "\x00"]


@pytest.mark.parametrize("octet", CONTROL_CHARACTERS, ids=repr)
@pytest.mark.parametrize("command", ["EHLO", "HELO"])
def test_control_characters_in_the_name_of_a_client_are_refused(mockmail, talk, command, octet):
    assert talk.say(f"{command} a{octet}b") == "501 5.5.4 the name of a client must not have control characters"

    talk.begin()
    talk.say("Hello\r\n.")
    assert mockmail.inbox[0].envelope.helo == "client.test"


@pytest.mark.parametrize("octet", [*CONTROL_CHARACTERS, "\r\n"], ids=repr)
def test_control_characters_in_a_user_name_are_refused(talk, octet):
    talk.say("EHLO client.test")

    refusal = talk.say("AUTH LOGIN " + coded(f"a{octet}b")) and talk.say(coded("secret"))

    assert refusal == "535 5.7.8 a user name must not have control characters"
    assert talk.say(f"AUTH PLAIN {plain('jane')}")[:3] == "235"


@pytest.mark.parametrize("octet", CONTROL_CHARACTERS, ids=repr)
def test_control_characters_in_an_address_are_refused(mockmail, talk, octet):
    talk.say("EHLO client.test")
    assert talk.say(f"MAIL FROM:<a{octet}b@example.com>")[:1] == "5"
    assert talk.codes("MAIL FROM:<a@example.com>") == ["250"]
    assert talk.say(f"RCPT TO:<a{octet}b@example.com>")[:1] == "5"
    assert talk.codes("RCPT TO:<b@example.com>", "DATA") == ["250", "354"]
    talk.say("Hello\r\n.")
    assert mockmail.inbox[0].envelope.recipients == ("b@example.com",)


@pytest.mark.parametrize("address", ["<", " a@[.=?utf-8?q?a?=\\,:", "<@[\t", "<@", "=?utf-8?q?a?=@[", "<\u00e9@["])
def test_broken_address_is_refused_and_not_logged_as_a_failure(talk, caplog, address):
    talk.say("EHLO client.test")

    assert talk.say(f"MAIL FROM:{address}")[:1] == "5"
    talk.say("MAIL FROM:<bob@example.com>")
    assert talk.say(f"RCPT TO:{address}")[:1] == "5"
    assert caplog.records == []


@pytest.mark.parametrize(
    "line",
    ["NONSENSE", "MAIL FROM:", "MAIL FROM:<a@b", "RCPT TO:<a@b>", "AUTH", "AUTH NONSENSE", "AUTH PLAIN !!!", "DATA x",
     "VRFY", "EHLO", "\xff\xfe", ""],
)  # fmt: skip
def test_invalid_command_gets_an_error_and_the_connection_stays_open(mockmail, talk, line):
    assert talk.say(line)[:1] == "5"
    talk.begin()
    assert talk.say("Hello\r\n.")[:3] == "250"
    assert len(mockmail.inbox) == 1


def test_login_logs_no_warning(mockmail, client, caplog):
    client.login("jane", "any")
    assert client.sendmail("a@example.com", "b@example.com", "hi") == {}
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_password_as_long_as_a_token_is_accepted(mockmail, client, mechanism):
    client.ehlo()
    client.user, client.password = "jane", "x" * 9_000

    code, _ = client.auth(mechanism, {"PLAIN": client.auth_plain, "LOGIN": client.auth_login}[mechanism])

    assert code == 235


@pytest.mark.parametrize("length", [12_292, 70_000, 200_000])
def test_too_long_auth_line_is_refused_and_the_connection_stays_in_step(mockmail, talk, caplog, length):
    talk.say("EHLO client.test")

    assert talk.say("AUTH PLAIN " + "A" * length) == "500 5.5.2 Command line too long"
    assert talk.codes(f"AUTH LOGIN {coded('jane')}") == ["334"]
    assert talk.say("A" * length) == "500 5.5.6 Authentication Exchange line is too long"
    assert talk.say(f"AUTH PLAIN {plain('jane')}")[:3] == "235"
    assert caplog.text == ""


def test_command_size_limit_of_a_connection_does_not_affect_others(dialogue):
    first = dialogue()
    first.say("EHLO client.test")
    second = dialogue()
    second.say("EHLO client.test")
    dialogue()

    at_the_bound = "MAIL FROM:<" + "a" * 500 + "@example.com>"
    assert [connection.say(at_the_bound)[:3] for connection in (first, second)] == ["250", "250"]
    assert first.say("MAIL FROM:<" + "a" * 700 + "@example.com>") == "500 5.5.2 Command line too long"


MASKED_DIALOGUES = {
    "tab after the verb": [f"AUTH\tPLAIN\t{plain('jane')}"],
    "tab after the mechanism": [f"AUTH PLAIN\t{plain('jane')}"],
    "leading blank": [f" AUTH PLAIN {plain('jane')}"],
    "leading tab": [f"\tauth PLAIN {plain('jane')}"],
    "two blanks": [f"AUTH  PLAIN  {plain('jane')}"],
    "no mechanism": [f"AUTH {plain('jane')}"],
    "unknown mechanism": [f"AUTH CRAM-MD5 {coded('secret')}"],
    "no blank": [f"AUTHPLAIN {plain('jane')}"],
    "mechanism in lower case, then its answer": ["AUTH plain", plain("jane")],
    "refused mechanism, then its answers": ["AUTH NTLM", coded("jane"), coded("secret")],
    "refused mechanism, then a clear password": ["AUTH NTLM", "secret", "my secret pass"],
    "second login, then its answers": [f"AUTH PLAIN {plain('jane')}", "AUTH LOGIN", coded("jane"), coded("secret")],
    "answer that cannot be decoded, then another": ["AUTH LOGIN", "secret!", coded("secret")],
    "aborted, then an answer": ["AUTH LOGIN", "*", coded("secret")],
    "login without a mechanism": ["AUTH", plain("jane"), coded("secret")],
    "answer after a success": [f"AUTH PLAIN {plain('jane')}", coded("secret")],
    "command with an argument that is an answer": ["AUTH NTLM", "NOOP secret", "HELP secret", "VRFY secret"],
}


@pytest.mark.parametrize("spelling", MASKED_DIALOGUES)
def test_credentials_in_any_spelling_are_masked_and_later_commands_are_not(mockmail, talk, caplog, spelling):
    talk.say("EHLO client.test")
    for line in MASKED_DIALOGUES[spelling]:
        talk.say(line)
    talk.codes("MAIL FROM:<a@example.com>", "NOOP", "RCPT TO:<b@example.com>", "BOGUS x", "DATA")
    talk.say("Hello\r\n.")

    transcript = "\n".join(mockmail.inbox[0].envelope.transcript)
    for hidden in ("secret", coded("secret"), coded("jane"), plain("jane")):
        assert hidden.lower() not in transcript.lower()
        assert hidden.lower() not in caplog.text.lower()
    commands = ["C: MAIL FROM:<a@example.com>", "C: NOOP", "C: RCPT TO:<b@example.com>", "C: BOGUS x", "C: DATA"]
    assert [line for line in transcript.split("\n") if line.startswith("C: ")][-5:] == commands


def test_credentials_before_a_greeting_are_masked(mockmail, talk):
    for line in (f"AUTH PLAIN {plain('jane')}", plain("jane"), coded("secret")):
        talk.say(line)
    talk.begin()
    talk.say("Hello\r\n.")

    transcript = mockmail.inbox[0].envelope.transcript
    assert not any(coded("secret").lower() in line.lower() or plain("jane") in line for line in transcript)
    assert "C: EHLO client.test" in transcript


def test_end_of_a_too_long_auth_line_is_masked(mockmail, talk):
    talk.say("EHLO client.test")
    assert talk.say("AUTH PLAIN " + "A" * 70_000 + "secret") == "500 5.5.2 Command line too long"
    assert talk.say(coded("secret"))[:3] == "500"
    talk.codes("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA")
    talk.say("Hello\r\n.")

    transcript = "\n".join(mockmail.inbox[0].envelope.transcript)
    assert "secret" not in transcript
    assert coded("secret").lower() not in transcript.lower()
    assert "C: MAIL FROM:<a@example.com>" in transcript
