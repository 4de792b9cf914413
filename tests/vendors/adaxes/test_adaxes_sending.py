"""sendMail and sendSms."""

from __future__ import annotations

import email
from email import policy

import pytest

from mockmail.core.errors import SeedError
from mockmail.server.discovery import discover, vendor_options
from mockmail.server.settings import SettingError
from mockmail.vendors.adaxes.options import Options

JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
SUCCESS = {"resultType": 0, "innerMessages": [], "exception": None, "actualObjectDN": None, "extraInfo": {}}


def failed(message):
    return {"message": message, "code": "operationFailed"}


def failed_result(message):
    return {**SUCCESS, "resultType": 1, "exception": {"message": message}}


def person(name="Jane Doe", **properties):
    return {"dn": f"CN={name},CN=Users,DC=example,DC=com", "properties": properties}


def test_mail_goes_from_the_callers_email_to_the_email_of_the_object(mockmail, adaxes):
    assert adaxes.send_mail(subject="My email subject", text="My email body").json == SUCCESS
    message = mockmail.inbox[0]
    assert message.subject == "My email subject"
    assert message.text.strip() == "My email body"
    assert (message.envelope.sender, message.envelope.recipients) == (
        "administrator@example.com",
        ("john.smith@example.com",),
    )
    parsed = email.message_from_bytes(message.raw, policy=policy.default)
    assert (str(parsed["From"]), str(parsed["To"])) == ("administrator@example.com", "john.smith@example.com")
    assert parsed.get_content_type() == "text/plain"
    assert parsed["Date"].datetime is not None
    assert parsed["Message-ID"]
    assert parsed["MIME-Version"] == "1.0"
    assert (message.sent_by.vendor, message.sent_by.operation) == ("adaxes", "mail.send")
    assert message.sent_by.relay == "smtp.example.com:25"


@pytest.mark.parametrize(
    "identifier",
    [
        "cn=john smith, cn=users , dc=EXAMPLE, dc=com",
        "CN = John  Smith,CN=Users,DC=example,DC=com",
        "CN=John\\20Smith,CN=Users,DC=example,DC=com",
        'CN="John Smith",CN="Users",DC=example,DC=com',
        'cn = "john smith" ; cn=users;dc=example ,dc=com ',
        "CN=\\ John Smith\\ ,CN=Users,DC=example,DC=com",
        "CN=\\4aohn\\ Smith,CN=Users,DC=example,DC=com",
        "7A4267CE-D354-44E7-8BD6-C681F1284A41",
        "{7a4267ce-d354-44e7-8bd6-c681f1284a41}",
        "(7a4267ce-d354-44e7-8bd6-c681f1284a41)",
        "7a4267ced35444e78bd6c681f1284a41",
        " s-1-5-21-3635565734-1729062999-1822655016-1627 ",
    ],
)
def test_object_is_found_by_any_spelling_of_its_identifier(mockmail, adaxes, identifier):
    assert adaxes.send_mail(identifier).json == SUCCESS
    assert mockmail.inbox[0].envelope.recipients == ("john.smith@example.com",)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        " ",
        "John Smith",
        "CN=Nobody,DC=example,DC=com",
        "S-1-5-21-1",
        "CN=",
        "=",
        "\\",
        "CN=a\\",
        ",,",
        "CN=John Smith,CN=Users,DC=example,DC=com,",
        'CN="John Smith,CN=Users,DC=example,DC=com',
        'CN="John" Smith,CN=Users,DC=example,DC=com',
        'CN=John "Smith",CN=Users,DC=example,DC=com',
        "{7a4267ce-d354-44e7-8bd6-c681f1284a4}",
        "CN=" + "a " * 2000,
        "CN=" * 5000,
    ],
)
def test_unknown_object_is_not_found(mockmail, adaxes, identifier):
    answer = adaxes.send_mail(identifier)
    assert answer.status == 404
    assert answer.json == {"message": f"There is no such object: {identifier[:200]}", "code": "notFound"}
    assert len(mockmail.inbox) == 0


@pytest.mark.mockmail(options={"adaxes": {"unknown_object_as_result": True}})
def test_unknown_object_is_a_failed_operation_by_option(adaxes):
    answer = adaxes.send_mail("CN=Nobody")
    assert (answer.status, answer.json) == (200, failed_result("There is no such object: CN=Nobody"))


def test_name_with_a_comma_is_found_by_each_escape(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[
            {"dn": "CN=Doe\\, Jane,DC=example,DC=com", "properties": {"mail": ["jane@example.com"]}},
            {"dn": "CN=Doe,DC=example,DC=com", "properties": {"mail": "doe@example.com"}},
        ]
    )
    spellings = ["CN=Doe\\, Jane", "cn=doe\\2c jane", 'CN="Doe, Jane"', "CN=Doe\\2C\\20Jane", "CN = Doe\\,  Jane"]
    for name in spellings:
        assert adaxes.send_mail(f"{name},dc=example,dc=com").json == SUCCESS
    assert adaxes.send_mail("CN=Doe,DC=example,DC=com").json == SUCCESS
    recipients = [message.envelope.recipients for message in mockmail.inbox]
    assert recipients == [("jane@example.com",)] * len(spellings) + [("doe@example.com",)]


def test_caller_without_email_sends_from_the_mail_settings(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[person("Service") | {"securityRole": "helpDesk"}],
        tokens=[{"token": "service", "account": "CN=Service,CN=Users,DC=example,DC=com"}],
    )
    adaxes.token = "service"
    assert adaxes.send_mail().json == SUCCESS
    assert mockmail.inbox[0].envelope.sender == "adaxes@example.com"
    mockmail.adaxes.seed(mailSettings=[{"host": "smtp.example.com"}])
    assert adaxes.send_mail().json == failed(
        "Cannot send e-mail: neither your Email property nor the From address is set."
    )


def test_mail_to_an_object_without_email_fails(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[person()])
    answer = adaxes.send_mail("CN=Jane Doe,CN=Users,DC=example,DC=com")
    assert (answer.status, answer.json) == (
        500,
        failed("Cannot send e-mail to 'Jane Doe': its Email property is empty."),
    )


@pytest.mark.parametrize("settings", [{"host": ""}, {"fromAddress": "a@example.com"}])
def test_mail_without_mail_settings_fails(mockmail, adaxes, settings):
    mockmail.adaxes.seed(mailSettings=[settings])
    assert adaxes.send_mail().json == failed("Cannot send e-mail: the mail settings are not configured.")


def test_mail_is_sent_with_host_security_and_user_of_the_mail_settings(mockmail, adaxes, smtp_rules):
    smtp_rules.accounts = {"u": "right"}
    smtp_rules.require_auth = True
    mockmail.adaxes.seed(
        mailSettings=[
            {"host": "mail.example.org", "port": 587, "security": "starttls", "user": "u", "password": "right"}
        ]
    )
    assert adaxes.send_mail().json == SUCCESS
    message = mockmail.inbox[0]
    assert message.sent_by.relay == "mail.example.org:587"
    assert message.envelope.auth_user == "u"
    assert "C: STARTTLS" in message.envelope.transcript


@pytest.mark.parametrize(
    ("rules", "settings", "message"),
    [
        (
            {"accounts": {"u": "right"}},
            {"user": "u", "password": "wrong"},
            "The SMTP server refused the user name or password of the mail settings: 535 5.7.8 Error: authentication failed",  # noqa: E501  # one line in the response too
        ),
        (
            {"refused_senders": ["*@example.com"]},
            {},
            "The SMTP server refused the sender: 550 5.7.1 <administrator@example.com>: Sender address rejected",
        ),
        (
            {"refused_recipients": ["john*"]},
            {},
            "The SMTP server refused the recipient: 550 5.1.1 <john.smith@example.com>: Recipient address rejected",
        ),
        (
            {"starttls": False},
            {"security": "starttls"},
            "Server does not support secure connections: SMTP STARTTLS extension not supported by server.",
        ),
        (
            {"unreachable": ["mail.example.org:*"]},
            {},
            "Unable to connect to the mail server mail.example.org:25: Connection refused by mail.example.org:25",
        ),
        (
            {},
            {"host": "a..b", "security": "starttls"},
            "Unable to connect to the mail server a..b:25: Name or service not known",
        ),
    ],
)
def test_failure_of_the_mail_server_fails_the_operation(  # noqa: PLR0917  # its table has three columns
    mockmail, adaxes, smtp_rules, rules, settings, message
):
    for name, value in rules.items():
        setattr(smtp_rules, name, value)
    mockmail.adaxes.seed(mailSettings=[{"host": "mail.example.org", **settings}])
    answer = adaxes.send_mail()
    assert (answer.status, answer.json) == (500, failed(message))
    assert len(mockmail.inbox) == 0


@pytest.mark.mockmail(options={"adaxes": {"failures": "result"}})
def test_failed_mail_is_an_operation_result_by_option(mockmail, adaxes):
    mockmail.adaxes.seed(mailSettings=[{"host": ""}])
    answer = adaxes.send_mail()
    message = "Cannot send e-mail: the mail settings are not configured."
    assert (answer.status, answer.json) == (200, failed_result(message))


def test_unknown_choice_of_failures_is_refused():
    with pytest.raises(SettingError, match=r"options.adaxes.failures must be .*'both'"):
        vendor_options(discover(only=("adaxes",)), {"adaxes": {"failures": "both"}})


@pytest.mark.mockmail(options={"adaxes": {"no_changes": True}})
def test_result_of_newer_versions_has_no_changes_before_extra_info(adaxes):
    document = adaxes.send_mail().json
    assert list(document) == ["resultType", "innerMessages", "exception", "actualObjectDN", "noChanges", "extraInfo"]
    assert document["noChanges"] is False


@pytest.mark.mockmail(options={"adaxes": {"display_names": True}})
def test_headers_have_display_names_by_option(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[person("Žofie\\0d\\0aBcc: evil@example.com", mail="z@example.com")])
    assert adaxes.send_mail("CN=Žofie\\0d\\0aBcc: evil@example.com,CN=Users,DC=example,DC=com").json == SUCCESS
    parsed = email.message_from_bytes(mockmail.inbox[0].raw, policy=policy.default)
    assert str(parsed["From"]) == "Administrator <administrator@example.com>"
    assert parsed["To"].addresses[0].display_name == "Žofie Bcc: evil@example.com"
    assert parsed["Bcc"] is None
    assert parsed.defects == []


@pytest.mark.parametrize("subject", ["a\r\nBcc: evil@example.com", "a\nb", "a\r"])
def test_subject_with_a_line_break_is_refused(mockmail, adaxes, subject):
    assert adaxes.send_mail(subject=subject).json == failed(
        "The specified string is not in the form required for a subject."
    )
    assert len(mockmail.inbox) == 0


def test_subject_of_megabytes_is_refused(mockmail, adaxes):
    assert adaxes.send_mail(subject="é" * 50_000).json == SUCCESS
    assert mockmail.inbox[0].subject == "é" * 50_000
    assert adaxes.send_mail(subject="word " * 2_000_000).json == failed(
        "The SMTP server refused the message: 552 5.3.4 Message header size exceeds fixed limit"
    )
    assert len(mockmail.inbox) == 1


@pytest.mark.parametrize(
    "address", ["nobody", "a@b@", "a b@example.com", "a@example.com\r\nRCPT TO:<evil@example.com>", "<a@example.com>"]
)
def test_invalid_address_is_refused(mockmail, adaxes, address):
    mockmail.adaxes.seed(directoryObjects=[person(mail=[address])])
    answer = adaxes.send_mail("CN=Jane Doe,CN=Users,DC=example,DC=com").json
    assert answer == failed("The specified string is not in the form required for an e-mail address.")
    assert len(mockmail.inbox) == 0


def test_texts_of_any_language_arrive_unchanged(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[person("李雷", mail=["lilei@例え.example"])])
    subject = "Zażółć gęślą jaźń — 你好 😀 " * 5
    text = "Ærøskøbing\n\n.\n.dot\nFrom here 你好\n" + "long " * 500
    assert adaxes.send_mail("CN=李雷,CN=Users,DC=example,DC=com", subject, text).json == SUCCESS
    message = mockmail.inbox[0]
    parsed = email.message_from_bytes(message.raw, policy=policy.default)
    assert parsed["Subject"] == subject.strip()
    assert parsed.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert parsed.defects == []
    assert [name for name, value in parsed.items() if value.defects] == []


def test_international_domain_is_encoded_for_dns_and_found_by_both_spellings(mockmail, adaxes):
    mockmail.adaxes.seed(
        directoryObjects=[person(mail="joerg@müller.example")], mailSettings=[{"host": "smtp.müller.example"}]
    )
    assert adaxes.send_mail("CN=Jane Doe,CN=Users,DC=example,DC=com").json == SUCCESS
    message = mockmail.inbox.wait_for(to="joerg@müller.example")
    assert message.envelope.recipients == ("joerg@xn--mller-kva.example",)
    assert message.to == ["joerg@xn--mller-kva.example"]
    assert "SMTPUTF8" not in message.envelope.mail_parameters
    assert mockmail.inbox.find(to="joerg@xn--mller-kva.example") == [message]
    parsed = email.message_from_bytes(message.raw, policy=policy.default)
    assert {name: value.defects for name, value in parsed.items() if value.defects} == {}
    assert parsed["Message-ID"].endswith("@smtp.xn--mller-kva.example>")


@pytest.mark.parametrize("host", ["no host", "é" * 70, "..", "a" * 300, "192.0.2.1", "2001:db8::1"])
def test_message_id_is_valid_for_any_host_of_the_mail_settings(mockmail, adaxes, host):
    mockmail.adaxes.seed(mailSettings=[{"host": host, "fromAddress": "a@example.com"}])
    adaxes.send_mail()
    for message in mockmail.inbox:
        parsed = email.message_from_bytes(message.raw, policy=policy.default)
        assert parsed["Message-ID"].defects == ()
        assert parsed["Message-ID"].partition("@")[2] in ("localhost>", "192.0.2.1>")


def test_local_part_that_is_not_ascii_is_refused_as_by_dotnet(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[person(mail="jörg@müller.example")])
    assert adaxes.send_mail("CN=Jane Doe,CN=Users,DC=example,DC=com").json == failed(
        "The client or server is only configured for E-mail addresses with ASCII local-parts: jörg@müller.example."
    )
    assert len(mockmail.inbox) == 0


@pytest.mark.mockmail(options={"adaxes": {"smtputf8": True}})
def test_local_part_that_is_not_ascii_is_sent_with_smtputf8_by_option(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[person(mail="jörg@müller.example")])
    assert adaxes.send_mail("CN=Jane Doe,CN=Users,DC=example,DC=com").json == SUCCESS
    message = mockmail.inbox.wait_for(to="jörg@müller.example")
    assert (message.envelope.recipients, message.to) == (("jörg@müller.example",), ["jörg@müller.example"])
    assert "SMTPUTF8" in message.envelope.mail_parameters
    parsed = email.message_from_bytes(message.raw, policy=policy.default)
    assert parsed.defects == []
    # Python's parser reports every SMTPUTF8 address (RFC 6532) as a defect.
    assert [name for name, value in parsed.items() if value.defects] == ["To"]


def test_quoted_local_part_is_accepted(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[person(mail='"john doe"@example.com')])
    assert adaxes.send_mail("CN=Jane Doe,CN=Users,DC=example,DC=com").json == SUCCESS
    message = mockmail.inbox.wait_for(to='"john doe"@example.com')
    assert message.envelope.recipients == ('"john doe"@example.com',)
    parsed = email.message_from_bytes(message.raw, policy=policy.default)
    assert (parsed["To"].addresses[0].addr_spec, parsed["To"].defects) == ('"john doe"@example.com', ())


def test_ten_megabytes_of_text_arrive_unchanged(mockmail, adaxes):
    text = "All work and no play makes Jack a dull boy.\n" * 240_000
    assert adaxes.send_mail(text=text).json == SUCCESS
    assert mockmail.inbox[0].text.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


@pytest.mark.mockmail(options={"adaxes": {"disabled_operations": ("SendEmail",)}})
def test_disabled_operation_is_forbidden(adaxes):
    answer = adaxes.send_mail()
    assert answer.status == 403
    assert answer.json == {"message": "The SendEmail operation is disabled in the REST API.", "code": "forbidden"}
    sms = adaxes.call("POST", "/api/directoryObjects/sendSms", {"directoryObject": JOHN, "text": "Hello"})
    assert sms.json == SUCCESS


@pytest.mark.mockmail(options={"adaxes": {"disabled_operations": ["sendsms", "SENDEMAIL"]}})
def test_name_of_a_disabled_operation_is_case_insensitive(adaxes):
    assert adaxes.send_mail().json == {
        "message": "The SendEmail operation is disabled in the REST API.",
        "code": "forbidden",
    }


def test_unknown_operation_cannot_be_disabled_or_denied(mockmail):
    names = "SendEmail, SendSms, View, Create, Edit, Delete"
    with pytest.raises(ValueError, match=f"disabled_operations: expected one of {names}, got 'sendMail'"):
        Options(disabled_operations=("SendSms", "sendMail"))
    with pytest.raises(ValueError, match="disabled_operations"):
        Options(disabled_operations=(5,))
    with pytest.raises(SeedError, match=f"deniedOperations: expected one of {names}, \\*, got 'sendMail'"):
        mockmail.adaxes.seed(directoryObjects=[person("Clerk") | {"deniedOperations": ["sendMail"]}])


@pytest.mark.parametrize("denied", ["SendEmail", "sendemail", "*"])
def test_denied_operation_is_forbidden(mockmail, adaxes, denied):
    mockmail.adaxes.seed(
        directoryObjects=[
            person("Clerk", mail="c@example.com") | {"securityRole": "helpDesk", "deniedOperations": [denied]}
        ],
        tokens=[{"token": "clerk", "account": "CN=Clerk,CN=Users,DC=example,DC=com"}],
    )
    adaxes.token = "clerk"
    answer = adaxes.send_mail()
    assert answer.status == 403
    assert answer.json == {"message": "Access is denied: the account may not perform SendEmail.", "code": "forbidden"}
    assert len(mockmail.inbox) == 0


def test_sent_sms_is_kept_in_state(mockmail, adaxes):
    mockmail.clock.freeze()
    answer = adaxes.call("POST", "/api/directoryObjects/SENDSMS", {"directoryObject": JOHN, "text": "Hello, John"})
    assert answer.json == SUCCESS
    (kept,) = mockmail.adaxes.state()["textMessages"]
    assert (kept["to"], kept["text"], kept["sender"]) == (
        "+1 555 0100",
        "Hello, John",
        "CN=Administrator,CN=Users,DC=example,DC=com",
    )
    mockmail.adaxes.seed(directoryObjects=[person()])
    to_jane = {"directoryObject": "CN=Jane Doe,CN=Users,DC=example,DC=com", "text": "Hello"}
    assert adaxes.call("POST", "/api/directoryObjects/sendSms", to_jane).json == failed(
        "Cannot send SMS to 'Jane Doe': its Mobile Phone property is empty."
    )
