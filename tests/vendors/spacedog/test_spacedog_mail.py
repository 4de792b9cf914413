"""`POST /1/mail`: its fields, and mail sent by Mailgun (docs/wire/spacedog.md 6)."""

from __future__ import annotations

import pytest

MULTIPART = {"Content-Type": "multipart/form-data; boundary=xyz"}
MAILGUN = {"domain": "spacedog.io", "key": "key-mockmail"}


def parts(*fields: tuple[str, str]) -> bytes:
    lines = "".join(
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    )
    return f"{lines}--xyz--\r\n".encode()


def test_mail_fields_are_read_from_the_query(admin, sent):
    answer = admin.ask("POST", "/1/mail?to=jane@example.com&subject=Hi%20%C3%A9&text=T%0AU")
    assert answer.status == 200
    message = sent()
    assert (message["To"], message["Subject"]) == ("jane@example.com", "Hi é")
    assert message.get_content().startswith("T\nU\n\n---\n")


def test_first_value_counts_and_query_comes_before_form(admin, sent):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"to=form@example.com&subject=form&subject=second&text=form"
    assert admin.ask("POST", "/1/mail?to=query@example.com&to=second@example.com", body, form).status == 200
    message = sent()
    assert (message["To"], message["Subject"]) == ("query@example.com", "form")


def test_multipart_fields_replace_the_query_and_the_last_counts(admin, sent):
    body = parts(("to", "a@example.com"), ("subject", "Olé"), ("text", "x"), ("to", "b@example.com"))
    assert admin.ask("POST", "/1/mail?cc=query@example.com", body, MULTIPART).status == 200
    message = sent()
    assert (message["To"], message["Cc"], message["Subject"]) == ("b@example.com", None, "Olé")


def test_json_body_has_no_mail_fields(admin, mockmail):
    answer = admin.post("/1/mail", {"to": "jane@example.com", "subject": "Hi", "text": "x"})
    assert answer.refused == (400, "[form field subject] is null", None)
    assert len(mockmail.inbox) == 0


def test_mailgun_sends_to_every_address_of_a_field(admin, sent, mockmail):
    to, cc = '"Doe, Jane" <jane@example.com>, bob@example.com', "Zoë <zoe@bücher.example>"
    assert admin.mail(to=to, cc=cc, bcc="secret@example.com", subject="s", text="x").status == 200
    message = sent()
    assert [str(address) for address in message["To"].addresses] == [
        '"Doe, Jane" <jane@example.com>',
        "bob@example.com",
    ]
    assert [str(address) for address in message["Cc"].addresses] == ["Zoë <zoe@xn--bcher-kva.example>"]
    assert message["Bcc"] is None
    assert mockmail.inbox[0].envelope.recipients == (
        "jane@example.com",
        "bob@example.com",
        "zoe@xn--bcher-kva.example",
        "secret@example.com",
    )


def test_platform_replaces_the_sender(admin, sent, mockmail):
    assert admin.mail(from_="me@example.com", to="jane@example.com", subject="s", text="x").status == 200
    assert sent()["From"] == "TEST <no-reply@api.spacedog.io>"
    assert mockmail.inbox[0].envelope.sender == "no-reply@api.spacedog.io"


def test_own_account_has_the_callers_sender_and_no_footer(superadmin, sent):
    superadmin.settings(mailgun=MAILGUN)
    answer = superadmin.mail(from_="Me <me@example.com>", to="jane@example.com", subject="s", html="<p>no end")
    assert answer.status == 200
    message = sent()
    assert message["From"] == "Me <me@example.com>"
    assert message["Message-ID"] == answer.json["mailgun"]["id"]
    assert message["Message-ID"].endswith("@spacedog.io>")
    assert message.get_content() == "<p>no end\n"


def test_mailgun_refuses_a_subject_of_megabytes(admin, mockmail):
    answer = admin.mail(to="jane@example.com", subject="é" * 2_000_000, text="x")
    assert answer.status == 400
    assert answer.json == {"success": False, "status": 400, "mailgun": {"message": "message headers are too large"}}
    assert len(mockmail.inbox) == 0


def test_mailgun_sends_to_thousands_of_addresses(admin, mockmail):
    to = [f"user{number}@example.com" for number in range(5000)]
    assert admin.mail(to=", ".join(to), subject="s", text="x").status == 200
    assert mockmail.inbox[0].to == to
    assert mockmail.inbox[0].envelope.recipients == tuple(to)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"to": "a@b.io", "subject": "s", "text": "t"}, "[form field from] is null"),
        ({"from_": "a@b.io", "to": "a@b.io", "text": "t"}, "[form field subject] is null"),
    ],
)
def test_mailgun_mail_without_sender_or_subject_is_refused(superadmin, mockmail, fields, message):
    superadmin.settings(mailgun=MAILGUN)
    assert superadmin.mail(**fields).refused == (400, message, None)
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize(
    ("account", "status", "said"),
    [
        ({"domain": "spacedog.io", "key": "wrong"}, 401, "Forbidden"),
        ({"domain": "spacedog.io", "key": ""}, 401, "Forbidden"),
        ({"domain": "other.io", "key": "key-mockmail"}, 404, {"message": "Domain not found: other.io"}),
        ({"domain": "", "key": "key-mockmail"}, 404, {"message": "Domain not found: "}),
    ],
)
def test_mailgun_refusal_is_passed_on_with_its_status(superadmin, mockmail, account, status, said):
    superadmin.settings(mailgun=account)
    answer = superadmin.mail(from_="a@b.io", to="a@b.io", subject="s", text="t")
    assert answer.status == status
    assert answer.json == {"success": False, "status": status, "mailgun": said}
    assert answer.in_dialect
    assert len(mockmail.inbox) == 0


def test_mailgun_account_without_a_key_is_refused(superadmin):
    superadmin.settings(mailgun={})
    assert superadmin.mail(to="a@b.io").refused == (400, "[password] is null", None)


def test_mailgun_account_without_a_domain_is_a_server_failure(superadmin, mockmail):
    superadmin.settings(mailgun={"key": "key-mockmail"})
    answer = superadmin.mail(from_="a@b.io", to="a@b.io", subject="s", text="t")
    assert answer.status == 500
    assert answer.json["error"]["type"] == "java.lang.NullPointerException"
    assert "message" not in answer.json["error"]
    assert (len(mockmail.inbox), mockmail.requests.crashes()) == (0, [])


@pytest.mark.mockmail(options={"spacedog": {"mailgun_takes_any_key": True}})
def test_any_mailgun_key_is_accepted_with_the_option(superadmin, sent):
    superadmin.settings(mailgun={"domain": "other.io", "key": "whatever"})
    assert superadmin.mail(from_="a@b.io", to="a@b.io", subject="s", text="t").status == 200
    assert sent()["From"] == "a@b.io"
    superadmin.settings(mailgun={"domain": "no domain", "key": "whatever"})
    assert superadmin.mail(from_="a@b.io", to="a@b.io", subject="s", text="t").status == 404


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"subject": "s", "text": "t"}, "'to' parameter is missing"),
        ({"to": " ", "subject": "s", "text": "t"}, "'to' parameter is missing"),
        (
            {"to": "a@b.io", "cc": "", "subject": "s", "text": "t"},
            "'cc' parameter is not a valid address. please check documentation",
        ),
        (
            {"to": "a@b.io", "cc": "a@b.io, nobody", "subject": "s", "text": "t"},
            "'cc' parameter is not a valid address. please check documentation",
        ),
        (
            {"to": "a@b.io", "bcc": " ,", "subject": "s", "text": "t"},
            "'bcc' parameter is not a valid address. please check documentation",
        ),
        (
            {"to": "nobody", "subject": "s", "text": "t"},
            "'to' parameter is not a valid address. please check documentation",
        ),
        (
            {"to": "a@b.io", "cc": "@b.io", "subject": "s", "text": "t"},
            "'cc' parameter is not a valid address. please check documentation",
        ),
        ({"to": "a@b.io", "subject": "s"}, "Need at least one of 'text' or 'html' parameters specified"),
    ],
)
def test_mailgun_refuses_missing_and_invalid_fields(admin, mockmail, fields, message):
    answer = admin.mail(**fields)
    assert (answer.status, answer.json["mailgun"]) == (400, {"message": message})
    assert len(mockmail.inbox) == 0


def test_users_send_with_full_access_only(superadmin, vince, guest, sent):
    fields = {"to": "a@b.io", "subject": "s", "text": "t"}
    assert vince.mail(**fields).status == 403
    superadmin.settings(enableUserFullAccess=True)
    assert vince.mail(**fields).status == 200
    assert guest.mail(**fields).refused == (403, "[KEY][default] has insufficient credentials", "403")
    sent()


def test_smtp_settings_come_before_mailgun(superadmin, sent, mockmail):
    superadmin.settings(mailgun=MAILGUN, smtp={"host": "mail.example.com"})
    answer = superadmin.mail(from_="a@b.io", to="a@b.io", text="t")
    assert list(answer.json) == ["messageId"]
    assert mockmail.inbox[0].sent_by.relay == "mail.example.com:25"
    sent()


def test_footer_is_inserted_before_the_last_html_end_tag(admin, sent):
    html = "<html>a</html> b <html>c</html> d"
    assert admin.mail(to="a@b.io", subject="s", html=html).status == 200
    assert sent().get_content() == (
        "<html>a</html> b <html>c<p><p>---<p>This is an automatic email sent by the [TEST] application."
        "<p>Contact your administrator for more information.</html>\n"
    )


@pytest.mark.parametrize(
    ("content_type", "body", "subject"),
    [
        ("application/x-www-form-urlencoded", "subject=Olé".encode("latin-1"), "Olé"),
        ("application/x-www-form-urlencoded; charset=utf-8", "subject=Olé €".encode(), "Olé €"),
        ("application/x-www-form-urlencoded", b"subject=Ol%C3%A9", "Olé"),
        ("application/x-www-form-urlencoded", "subject=Olé".encode(), "OlÃ©"),
    ],
)
def test_form_without_a_charset_is_latin_1(admin, sent, content_type, body, subject):
    assert admin.ask("POST", "/1/mail?to=a@b.io&text=t", body, {"Content-Type": content_type}).status == 200
    assert sent()["Subject"] == subject


def test_text_in_any_language_is_unchanged(admin, sent):
    text = "Grüße, 世界, мир, 🐕\n" * 50
    subject = "Grüße an die ganze Welt 世界 🐕 " * 6
    assert admin.mail(to="Jürgen 🐕 <j@example.com>", subject=subject, text=text).status == 200
    message = sent()
    assert message["Subject"] == subject.strip()
    assert message["To"].addresses[0].display_name == "Jürgen 🐕"
    assert message.get_content().startswith(text)


def test_text_of_10_mb_is_sent(admin, mockmail):
    body = b"to=a@b.io&subject=s&text=" + b"0123456789abcdef" * (10 << 16)
    assert admin.ask("POST", "/1/mail", body, {"Content-Type": "application/x-www-form-urlencoded"}).status == 200
    assert mockmail.inbox[0].text.startswith("0123456789abcdef" * (10 << 16))


@pytest.mark.parametrize("provider", [{}, {"smtp": {"host": "h"}}, {"mailgun": MAILGUN}])
@pytest.mark.parametrize("field", ["subject", "to", "from_", "cc", "bcc"])
@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: evil@example.com",
        "x\nBcc: evil@example.com",
        "x\rBcc: evil@example.com",
        "x\x00\u2028Bcc: evil@example.com",
    ],
)
def test_line_break_in_a_field_adds_no_header(*, superadmin, mockmail, sent, provider, field, evil):
    superadmin.settings(**provider)
    value = evil if field == "subject" else f'"{evil}" <a@b.io>'
    fields = {"from_": "f@b.io", "to": "t@b.io", "subject": "s", "text": "t"} | {field: value}

    answer = superadmin.mail(**fields)

    assert answer.status == 200, answer.body
    message = sent()
    assert message["Bcc"] is None
    assert "evil@example.com" not in mockmail.inbox[0].envelope.recipients


@pytest.mark.parametrize("provider", [{}, {"smtp": {"host": "h"}}])
@pytest.mark.parametrize("address", ["a@b.io\r\nBcc: evil@example.com", "a\r\n@b.io", "a@b.io\r\n\r\nbody"])
def test_address_with_a_line_break_is_refused(superadmin, mockmail, provider, address):
    superadmin.settings(**provider)
    answer = superadmin.mail(from_="f@b.io", to=address, subject="s", text="t")
    assert answer.status == 400
    assert answer.in_dialect
    assert len(mockmail.inbox) == 0
