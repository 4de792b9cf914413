"""DocSpace's operations, and what is not served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.onlyoffice.authentication import ANY_SCOPE, SETTINGS_RIGHT, SIGNED_IN
from mockmail.vendors.onlyoffice.handlers import authentication, keys, smtp_settings, smtp_test
from mockmail.vendors.onlyoffice.parameters import ApiKeyChange, Login, NewApiKey, SmtpSettingsDto

SMTP = "/api/2.0/smtpsettings/smtp"
AUTHENTICATION = "/api/2.0/authentication"
KEYS = "/api/2.0/keys"
KEY = f"{KEYS}/{{keyId}}"

NOTES = "docs/wire/onlyoffice.md"
SAVE_SOURCE = f'ONLYOFFICE API documentation, "Save the SMTP settings"; {NOTES} 4'
KEYS_SOURCE = "DocSpace-server v3.7.2, products/ASC.People/Server/Api/ApiKeysController.cs"


def _operation(
    name: str,
    method: str,
    path: str,
    handler: Callable[..., Any],
    params: type | None = None,
    *,
    source: str,
    requires: str | None = None,
    evidence: Evidence = Evidence.CONFIRMED,
) -> Operation:
    return Operation(
        name=name,
        methods=(method,),
        path=path,
        handler=handler,
        params=params,
        evidence=evidence,
        source=source,
        requires=requires,
    )


OPERATIONS = (
    _operation("smtp.show", "GET", SMTP, smtp_settings.show, source=f"{NOTES} 4", requires=SETTINGS_RIGHT),
    _operation(
        "smtp.save", "POST", SMTP, smtp_settings.save, SmtpSettingsDto, source=SAVE_SOURCE, requires=SETTINGS_RIGHT
    ),
    _operation("smtp.reset", "DELETE", SMTP, smtp_settings.reset, source=f"{NOTES} 4", requires=SETTINGS_RIGHT),
    _operation("smtp.test", "GET", f"{SMTP}/test", smtp_test.start, source=f"{NOTES} 5", requires=SETTINGS_RIGHT),
    _operation(
        "smtp.test_status", "GET", f"{SMTP}/test/status", smtp_test.status, source=f"{NOTES} 5", requires=SETTINGS_RIGHT
    ),
    _operation("authentication.login", "POST", AUTHENTICATION, authentication.log_in, Login, source=f"{NOTES} 2"),
    _operation("authentication.check", "GET", AUTHENTICATION, authentication.is_logged_in, source=f"{NOTES} 1"),
    _operation(
        "authentication.logout", "POST", f"{AUTHENTICATION}/logout", authentication.log_out, source=f"{NOTES} 1"
    ),
    _operation("key.create", "POST", KEYS, keys.create, NewApiKey, source=f"{NOTES} 2", requires=SIGNED_IN),
    _operation("key.list", "GET", KEYS, keys.show_all, source=KEYS_SOURCE, requires=SIGNED_IN),
    _operation("key.self", "GET", f"{KEYS}/@self", keys.show_own, source=KEYS_SOURCE, requires=ANY_SCOPE),
    _operation(
        "key.permissions", "GET", f"{KEYS}/permissions", keys.show_permissions, source=KEYS_SOURCE, requires=SIGNED_IN
    ),
    _operation("key.update", "PUT", KEY, keys.update, ApiKeyChange, source=KEYS_SOURCE, requires=SIGNED_IN),
    _operation("key.delete", "DELETE", KEY, keys.delete, source=KEYS_SOURCE, requires=SIGNED_IN),
    _operation(
        "portal.settings",
        "GET",
        "/api/2.0/settings",
        authentication.show_portal,
        source=f"{NOTES} 2",
        evidence=Evidence.ASSUMED,
    ),
)

_SECOND_FACTOR = "the users in mockmail have no second factor and no telephone"

NOT_EMULATED = (
    NotEmulated(name="authentication.code", method="POST", path=f"{AUTHENTICATION}/{{code}}", reason=_SECOND_FACTOR),
    NotEmulated(
        name="authentication.setphone", method="POST", path=f"{AUTHENTICATION}/setphone", reason=_SECOND_FACTOR
    ),
    NotEmulated(name="authentication.sendsms", method="POST", path=f"{AUTHENTICATION}/sendsms", reason=_SECOND_FACTOR),
    NotEmulated(
        name="authentication.confirm",
        method="POST",
        path=f"{AUTHENTICATION}/confirm",
        reason="the portal in mockmail sends no links to confirm",
    ),
    NotEmulated(
        name="oauth2.token",
        method="POST",
        path="/oauth2/token",
        reason="mockmail does not serve the portal's OAuth 2 server: a Bearer token that is a JWT is refused",
    ),
)
