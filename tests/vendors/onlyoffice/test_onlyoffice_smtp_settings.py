"""Saving, showing and resetting the SMTP settings (docs/wire/onlyoffice.md 4)."""

from __future__ import annotations

import pytest

SMTP = "/api/2.0/smtpsettings/smtp"
CREDENTIALS = {"enableAuth": True, "credentialsUserName": "notify", "credentialsUserPassword": "secret"}
EXCEPTION = ("System.ArgumentException", -2147024809)
SHOWN = {
    "host": "mail.example.com",
    "port": 25,
    "senderAddress": "notify@example.com",
    "senderDisplayName": "Postman",
    "credentialsUserPassword": "",
    "enableSSL": False,
    "enableAuth": False,
    "useNtlm": False,
    "isDefaultSettings": False,
}


def stored(mockmail):
    return mockmail.onlyoffice.state()["smtp_settings"][0]


def test_settings_are_shown_as_they_were_saved(docspace):
    assert docspace.save().response == SHOWN
    assert docspace.get(SMTP).response == SHOWN


def test_the_password_is_kept_and_never_shown(docspace, mockmail):
    saved = docspace.save(**CREDENTIALS)
    assert saved.response == SHOWN | {"credentialsUserName": "notify", "enableAuth": True}
    assert b"secret" not in saved.body + docspace.get(SMTP).body
    assert stored(mockmail)["credentialsUserPassword"] == "secret"


def test_credentials_count_for_nothing_without_enable_auth(docspace, mockmail):
    docspace.save(**CREDENTIALS | {"enableAuth": False})
    assert docspace.get(SMTP).response == SHOWN
    assert stored(mockmail)["credentialsUserPassword"] is None


def test_a_save_replaces_all_that_was_there(docspace):
    docspace.save(**CREDENTIALS, port=587, enableSSL=True)
    docspace.save()
    assert docspace.get(SMTP).response == SHOWN


def test_what_a_bridge_decides_for_itself_cannot_be_saved(docspace):
    assert docspace.save(useNtlm=True, isDefaultSettings=True).response == SHOWN


def test_an_empty_display_name_reads_as_the_default_one_later(docspace):
    assert docspace.save(senderDisplayName="").response["senderDisplayName"] == ""
    assert docspace.get(SMTP).response["senderDisplayName"] == "ONLYOFFICE Postman"


def test_names_are_found_in_any_case_and_unknown_ones_are_ignored(docspace):
    document = {"Host": "mail.example.com", "SENDERADDRESS": "notify@example.com", "senderdisplayname": "Postman"}
    assert docspace.post(SMTP, document | {"colour": {"deep": [1]}}).response == SHOWN


@pytest.mark.parametrize(("port", "shown"), [("587", 587), (65535, 65535), (1, 1), (None, 25)])
def test_a_port_may_be_a_text_or_absent(docspace, port, shown):
    assert docspace.post(SMTP, {**SHOWN, "port": port}).response["port"] == shown


def test_reset_goes_back_to_the_defaults_as_often_as_one_likes(docspace):
    docspace.save()
    for _ in range(2):
        assert docspace.delete(SMTP).response == {
            "port": 0,
            "credentialsUserPassword": "",
            "enableSSL": False,
            "enableAuth": False,
            "useNtlm": False,
            "isDefaultSettings": True,
        }


@pytest.mark.parametrize(
    ("changes", "message", "kind"),
    [
        ({"host": ""}, "Empty smtp host. (Parameter 'host')", EXCEPTION),
        ({"host": None}, "Empty smtp host. (Parameter 'host')", EXCEPTION),
        (
            {"senderAddress": ""},
            "Empty sender address. (Parameter 'senderAddress')",
            EXCEPTION,
        ),
        (
            {"senderDisplayName": None},
            "Value cannot be null. (Parameter 'senderDisplayName')",
            ("System.ArgumentNullException", -2147467261),
        ),
        (
            CREDENTIALS | {"credentialsUserName": ""},
            "Empty user name. (Parameter 'userName')",
            EXCEPTION,
        ),
        (
            CREDENTIALS | {"credentialsUserPassword": None},
            "Empty password. (Parameter 'password')",
            EXCEPTION,
        ),
        (
            {"host": "", "senderAddress": ""},
            "Empty smtp host. (Parameter 'host')",
            EXCEPTION,
        ),
    ],
)
def test_a_refused_argument_is_an_exception_and_stores_nothing(docspace, mockmail, changes, message, kind):
    answer = docspace.save(**changes)
    assert answer.status == 400
    assert answer.document == {
        "error": {"message": message, "type": kind[0], "stack": "   at smtp.save", "hresult": kind[1]},
        "status": 1,
        "statusCode": 400,
    }
    assert "smtp_settings" not in mockmail.onlyoffice.state()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"port": 0}, {"Port": ["The field Port must be between 1 and 65535."]}),
        ({"port": 65536}, {"Port": ["The field Port must be between 1 and 65535."]}),
        ({"port": -1}, {"Port": ["The field Port must be between 1 and 65535."]}),
        ({"host": "h" * 256}, {"Host": ["The field Host must be a string with a maximum length of 255."]}),
        (
            {"port": 70000, "senderDisplayName": "n" * 300},
            {
                "Port": ["The field Port must be between 1 and 65535."],
                "SenderDisplayName": ["The field SenderDisplayName must be a string with a maximum length of 255."],
            },
        ),
    ],
)
def test_bounds_are_told_all_at_once(docspace, changes, errors):
    answer = docspace.save(**changes)
    assert (answer.status, answer.errors) == (400, errors)


def test_an_address_or_host_is_not_looked_at_until_mail_is_sent(docspace):
    answer = docspace.save(host="no host at all", senderAddress="no address")
    assert answer.response == SHOWN | {"host": "no host at all", "senderAddress": "no address"}


@pytest.mark.mockmail(options={"onlyoffice": {"profile": "standalone"}})
def test_a_standalone_bridge_shows_the_installations_settings_until_it_has_its_own(docspace):
    installation = {
        "host": "notify.onlyoffice.info",
        "port": 25,
        "senderAddress": "postman@notify.onlyoffice.info",
        "senderDisplayName": "ONLYOFFICE Postman",
        "credentialsUserName": "postman",
        "credentialsUserPassword": "",
        "enableSSL": False,
        "enableAuth": True,
        "useNtlm": False,
        "isDefaultSettings": True,
    }
    assert docspace.get(SMTP).response == installation
    assert docspace.save().response == SHOWN
    assert docspace.delete(SMTP).response == installation
