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


def test_saved_settings_are_shown(docspace):
    assert docspace.save().result == SHOWN
    assert docspace.get(SMTP).result == SHOWN


def test_password_is_stored_and_never_shown(docspace, mockmail):
    saved = docspace.save(**CREDENTIALS)
    assert saved.result == SHOWN | {"credentialsUserName": "notify", "enableAuth": True}
    assert b"secret" not in saved.body + docspace.get(SMTP).body
    assert stored(mockmail)["credentialsUserPassword"] == "secret"


def test_credentials_without_enable_auth_are_dropped(docspace, mockmail):
    docspace.save(**CREDENTIALS | {"enableAuth": False})
    assert docspace.get(SMTP).result == SHOWN
    assert stored(mockmail)["credentialsUserPassword"] is None


def test_save_replaces_all_settings(docspace):
    docspace.save(**CREDENTIALS, port=587, enableSSL=True)
    docspace.save()
    assert docspace.get(SMTP).result == SHOWN


def test_use_ntlm_and_is_default_settings_are_ignored(docspace):
    assert docspace.save(useNtlm=True, isDefaultSettings=True).result == SHOWN


def test_empty_display_name_is_later_shown_as_the_default(docspace):
    assert docspace.save(senderDisplayName="").result["senderDisplayName"] == ""
    assert docspace.get(SMTP).result["senderDisplayName"] == "ONLYOFFICE Postman"


def test_member_names_are_case_insensitive_and_unknown_ones_ignored(docspace):
    document = {"Host": "mail.example.com", "SENDERADDRESS": "notify@example.com", "senderdisplayname": "Postman"}
    assert docspace.post(SMTP, document | {"colour": {"deep": [1]}}).result == SHOWN


@pytest.mark.parametrize(("port", "shown"), [("587", 587), (65535, 65535), (1, 1), (None, 25)])
def test_port_may_be_a_text_or_null(docspace, port, shown):
    assert docspace.post(SMTP, {**SHOWN, "port": port}).result["port"] == shown


def test_repeated_reset_shows_the_defaults(docspace):
    docspace.save()
    for _ in range(2):
        assert docspace.delete(SMTP).result == {
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
def test_refused_argument_is_an_exception_and_stores_nothing(docspace, mockmail, changes, message, kind):
    response = docspace.save(**changes)
    assert response.status == 400
    assert response.document == {
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
def test_all_values_out_of_bounds_are_reported(docspace, changes, errors):
    response = docspace.save(**changes)
    assert (response.status, response.errors) == (400, errors)


def test_invalid_host_and_address_are_saved(docspace):
    response = docspace.save(host="no host at all", senderAddress="no address")
    assert response.result == SHOWN | {"host": "no host at all", "senderAddress": "no address"}


@pytest.mark.mockmail(options={"onlyoffice": {"profile": "standalone"}})
def test_standalone_portal_shows_installation_settings_until_others_are_saved(docspace):
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
    assert docspace.get(SMTP).result == installation
    assert docspace.save().result == SHOWN
    assert docspace.delete(SMTP).result == installation
