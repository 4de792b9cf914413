"""DocSpace's operations, as data."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.onlyoffice.authentication import ANY_SCOPE, SETTINGS_RIGHT, SIGNED_IN
from mockmail.vendors.onlyoffice.handlers import authentication, keys, smtp_settings, smtp_test
from mockmail.vendors.onlyoffice.parameters import ApiKeyChange, Login, NewApiKey, SmtpSettingsDto

SMTP = "/api/2.0/smtpsettings/smtp"
AUTHENTICATION = "/api/2.0/authentication"
KEYS = "/api/2.0/keys"
KEYS_SOURCE = "DocSpace-server v3.7.2, products/ASC.People/Server/Api/ApiKeysController.cs"

OPERATIONS = (
    Operation(
        name="smtp.show",
        methods=("GET",),
        path=SMTP,
        handler=smtp_settings.show,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 4",
        requires=SETTINGS_RIGHT,
    ),
    Operation(
        name="smtp.save",
        methods=("POST",),
        path=SMTP,
        handler=smtp_settings.save,
        params=SmtpSettingsDto,
        evidence=Evidence.CONFIRMED,
        source='ONLYOFFICE API documentation, "Save the SMTP settings"; docs/wire/onlyoffice.md 4',
        requires=SETTINGS_RIGHT,
    ),
    Operation(
        name="smtp.reset",
        methods=("DELETE",),
        path=SMTP,
        handler=smtp_settings.reset,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 4",
        requires=SETTINGS_RIGHT,
    ),
    Operation(
        name="smtp.test",
        methods=("GET",),
        path=f"{SMTP}/test",
        handler=smtp_test.start,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 5",
        requires=SETTINGS_RIGHT,
    ),
    Operation(
        name="smtp.test_status",
        methods=("GET",),
        path=f"{SMTP}/test/status",
        handler=smtp_test.status,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 5",
        requires=SETTINGS_RIGHT,
    ),
    Operation(
        name="authentication.login",
        methods=("POST",),
        path=AUTHENTICATION,
        handler=authentication.log_in,
        params=Login,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 2",
    ),
    Operation(
        name="authentication.check",
        methods=("GET",),
        path=AUTHENTICATION,
        handler=authentication.is_logged_in,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 1",
    ),
    Operation(
        name="authentication.logout",
        methods=("POST",),
        path=f"{AUTHENTICATION}/logout",
        handler=authentication.log_out,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 1",
    ),
    Operation(
        name="key.create",
        methods=("POST",),
        path=KEYS,
        handler=keys.create,
        params=NewApiKey,
        evidence=Evidence.CONFIRMED,
        source="docs/wire/onlyoffice.md 2",
        requires=SIGNED_IN,
    ),
    Operation(
        name="key.list",
        methods=("GET",),
        path=KEYS,
        handler=keys.show_all,
        evidence=Evidence.CONFIRMED,
        source=KEYS_SOURCE,
        requires=SIGNED_IN,
    ),
    Operation(
        name="key.self",
        methods=("GET",),
        path=f"{KEYS}/@self",
        handler=keys.show_own,
        evidence=Evidence.CONFIRMED,
        source=KEYS_SOURCE,
        requires=ANY_SCOPE,
    ),
    Operation(
        name="key.permissions",
        methods=("GET",),
        path=f"{KEYS}/permissions",
        handler=keys.show_permissions,
        evidence=Evidence.CONFIRMED,
        source=KEYS_SOURCE,
        requires=SIGNED_IN,
    ),
    Operation(
        name="key.update",
        methods=("PUT",),
        path=f"{KEYS}/{{keyId}}",
        handler=keys.update,
        params=ApiKeyChange,
        evidence=Evidence.CONFIRMED,
        source=KEYS_SOURCE,
        requires=SIGNED_IN,
    ),
    Operation(
        name="key.delete",
        methods=("DELETE",),
        path=f"{KEYS}/{{keyId}}",
        handler=keys.delete,
        evidence=Evidence.CONFIRMED,
        source=KEYS_SOURCE,
        requires=SIGNED_IN,
    ),
    Operation(
        name="portal.settings",
        methods=("GET",),
        path="/api/2.0/settings",
        handler=authentication.show_portal,
        evidence=Evidence.ASSUMED,
        source="docs/wire/onlyoffice.md 2",
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
