"""The operations of DocSpace, and those that are not emulated."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.onlyoffice.authentication import ANY_SCOPE, SETTINGS_RIGHT, SIGNED_IN
from mockmail.vendors.onlyoffice.handlers import authentication, keys, smtp_settings, smtp_test
from mockmail.vendors.onlyoffice.parameters import ApiKeyChange, Login, NewApiKey, SmtpSettingsDto

SMTP = "/api/2.0/smtpsettings/smtp"
AUTHENTICATION = "/api/2.0/authentication"
KEYS = "/api/2.0/keys"
KEY = f"{KEYS}/{{keyId}}"

NOTES = "docs/wire/onlyoffice.md"
SMTP_SOURCE = f"SmtpSettingsController.cs; {NOTES} 4"
SAVE_SOURCE = f'ONLYOFFICE API documentation, "Save the SMTP settings"; {SMTP_SOURCE}'
TEST_SOURCE = f"SmtpSettingsController.cs; {NOTES} 5"
LOGIN_SOURCE = "AuthenticationController.cs; " + NOTES
KEYS_SOURCE = "DocSpace-server v3.7.2, products/ASC.People/Server/Api/ApiKeysController.cs"
SECRETS = {
    "smtp.save": ("credentialsUserPassword",),
    "authentication.login": (
        *("password", "passwordHash", "accessToken", "serializedProfile", "codeOAuth"),
        *("confirmData", "recaptchaResponse", "token"),
    ),
    "key.create": ("key",),
}
NOT_SECRET = {"portal.settings": ("passwordHash", "withpassword")}
"""The portal shows everybody how it hashes passwords, so these parameters are not secret."""


OPERATIONS = tuple(
    Operation(
        name=name,
        methods=(method,),
        path=path,
        handler=handler,
        params=params,
        evidence=Evidence.ASSUMED if name == "portal.settings" else Evidence.CONFIRMED,
        source=source,
        requires=requires,
        secrets=SECRETS.get(name, ()),
        not_secret=NOT_SECRET.get(name, ()),
    )
    for name, method, path, handler, params, source, requires in (
        ("smtp.show", "GET", SMTP, smtp_settings.show, None, SMTP_SOURCE, SETTINGS_RIGHT),
        ("smtp.save", "POST", SMTP, smtp_settings.save, SmtpSettingsDto, SAVE_SOURCE, SETTINGS_RIGHT),
        ("smtp.reset", "DELETE", SMTP, smtp_settings.reset, None, SMTP_SOURCE, SETTINGS_RIGHT),
        ("smtp.test", "GET", f"{SMTP}/test", smtp_test.start, None, TEST_SOURCE, SETTINGS_RIGHT),
        ("smtp.test_status", "GET", f"{SMTP}/test/status", smtp_test.status, None, TEST_SOURCE, SETTINGS_RIGHT),
        ("authentication.login", "POST", AUTHENTICATION, authentication.log_in, Login, f"{LOGIN_SOURCE} 2", None),
        ("authentication.check", "GET", AUTHENTICATION, authentication.is_logged_in, None, f"{LOGIN_SOURCE} 1", None),
        (
            "authentication.logout",
            "POST",
            f"{AUTHENTICATION}/logout",
            authentication.log_out,
            None,
            f"{LOGIN_SOURCE} 1",
            None,
        ),
        ("key.create", "POST", KEYS, keys.create, NewApiKey, f"{KEYS_SOURCE}; {NOTES} 2", SIGNED_IN),
        ("key.list", "GET", KEYS, keys.show_all, None, KEYS_SOURCE, SIGNED_IN),
        ("key.self", "GET", f"{KEYS}/@self", keys.show_own, None, KEYS_SOURCE, ANY_SCOPE),
        ("key.permissions", "GET", f"{KEYS}/permissions", keys.show_permissions, None, KEYS_SOURCE, SIGNED_IN),
        ("key.update", "PUT", KEY, keys.update, ApiKeyChange, KEYS_SOURCE, SIGNED_IN),
        ("key.delete", "DELETE", KEY, keys.delete, None, KEYS_SOURCE, SIGNED_IN),
        ("portal.settings", "GET", "/api/2.0/settings", authentication.show_portal, None, f"{NOTES} 2", None),
    )
)

_SECOND_FACTOR = "the users in mockmail have no second factor and no telephone"
_OAUTH = "mockmail does not serve the portal's OAuth 2 server: a Bearer token that is a JWT is refused"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="POST", path=path, reason=reason)
    for name, path, reason in (
        ("authentication.code", f"{AUTHENTICATION}/{{code}}", _SECOND_FACTOR),
        ("authentication.setphone", f"{AUTHENTICATION}/setphone", _SECOND_FACTOR),
        ("authentication.sendsms", f"{AUTHENTICATION}/sendsms", _SECOND_FACTOR),
        ("authentication.confirm", f"{AUTHENTICATION}/confirm", "the portal in mockmail sends no links to confirm"),
        ("oauth2.token", "/oauth2/token", _OAUTH),
    )
)
