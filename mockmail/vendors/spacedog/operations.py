"""SpaceDog's operations.

The page describes the mail service. The other operations are known from the vendor's source, tag v0.41.1, which is
unchanged at the page's commit. `source` names the page's heading, or the notes on the source.
"""

from __future__ import annotations

from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.spacedog.handlers import backends, credentials, data, mail, schemas, settings
from mockmail.vendors.spacedog.handlers import credentials_changes as changes
from mockmail.vendors.spacedog.parameters import Form, JsonBody, JsonOrForm, MailForm, NewObject

_NOTES = "docs/wire/spacedog.md"
_PAGE = "SpaceDog API documentation"
_ADMIN, _USER, _SUPER_ADMIN, _SUPERDOG = "ADMIN", "USER", "SUPER_ADMIN", "SUPERDOG"
_SELF = "USER, one's own; ADMIN"
_ACL = "SUPER_ADMIN, or a role in the settings ACL"
_FULL_ACCESS = "ADMIN; USER with enableUserFullAccess"
_SETTINGS = ("password", "key", "linkedinSecret", "clientSecret")
_SECRETS = {
    "settings.show": _SETTINGS,
    "settings.put": _SETTINGS,
    "settings.list": _SETTINGS,
    "settings.show_field": (*_SETTINGS, "{field}"),
    "settings.put_field": (*_SETTINGS, "{field}"),
    "credentials.sign_up": ("password", "passwordResetCode"),
    "credentials.update": ("password",),
    "credentials.update_me": ("password",),
    "credentials.set_password": ("password", "*"),
    "credentials.set_my_password": ("password", "*"),
    "credentials.reset_password": ("password", "passwordResetCode"),
    "credentials.delete_password": ("passwordResetCode",),
    "backend.create": ("password", "passwordResetCode"),
    "backend.create_by_id": ("password", "passwordResetCode"),
}
"""Besides `accessToken`, which every operation takes."""


def _operations(source: str, *rows: tuple[str, str, str, Any, type | None, str | None]) -> tuple[Operation, ...]:
    # A row: name, methods, path under `/1/` or none for `/`, handler, parameters, and the caller's right.
    return tuple(
        Operation(
            name=name,
            methods=tuple(methods.split()),
            path=f"/1/{path}" if path else "/",
            handler=handler,
            params=params,
            evidence=Evidence.CONFIRMED,
            source=source,
            requires=requires,
            secrets=("accessToken", *_SECRETS.get(name, ())),
            not_secret=("passwordRegex",) if name.startswith("settings.") else (),
        )
        for name, methods, path, handler, params, requires in rows
    )


OPERATIONS = (
    *_operations(
        f'{_PAGE}, "/1/mail"; MailResource.java, MailResourceTest.java; {_NOTES} 6',
        ("mail.send", "POST", "mail", mail.send, MailForm, _FULL_ACCESS),
    ),
    *_operations(
        f'{_PAGE}, "/1/mail/template/{{name}}"; MailTemplateResource.java; {_NOTES} 7',
        ("mail.send_template", "POST", "mail/template/{name}", mail.send_template, JsonBody, "a role of the template"),
    ),
    *_operations(
        f'{_PAGE}, "/1/settings/mail"; SettingsResource.java; {_NOTES} 5',
        ("settings.show", "GET", "settings/{id}", settings.show, None, _ACL),
        ("settings.put", "PUT", "settings/{id}", settings.put, JsonBody, _ACL),
    ),
    *_operations(
        f"SettingsResource.java; {_NOTES} 5",
        ("settings.list", "GET", "settings", settings.list_, Form, _SUPER_ADMIN),
        ("settings.delete_all", "DELETE", "settings", settings.delete_all, None, _SUPER_ADMIN),
        ("settings.delete", "DELETE", "settings/{id}", settings.delete, None, _ACL),
        ("settings.show_field", "GET", "settings/{id}/{field}", settings.show_field, None, _ACL),
        ("settings.put_field", "PUT", "settings/{id}/{field}", settings.put_field, JsonBody, _ACL),
        ("settings.delete_field", "DELETE", "settings/{id}/{field}", settings.delete_field, None, _ACL),
    ),
    *_operations(
        f"CredentialsResource.java; {_NOTES} 3",
        ("session.login", "GET POST", "login", credentials.login, Form, _USER),
        ("session.logout", "GET POST", "logout", credentials.logout, None, _USER),
        ("credentials.list", "GET", "credentials", credentials.list_, Form, _USER),
        ("credentials.delete_all", "DELETE", "credentials", credentials.delete_all, Form, _SUPER_ADMIN),
        ("credentials.show_me", "GET", "credentials/me", credentials.show_me, None, _USER),
        ("credentials.delete_me", "DELETE", "credentials/me", credentials.delete, None, _USER),
        ("credentials.show", "GET", "credentials/{id}", credentials.show, None, _SELF),
        ("credentials.delete", "DELETE", "credentials/{id}", credentials.delete, None, _SELF),
        ("credentials.update_me", "PUT", "credentials/me", changes.update, JsonBody, _USER),
        ("credentials.set_my_password", "PUT", "credentials/me/password", changes.set_password, JsonOrForm, _USER),
        ("credentials.update", "PUT", "credentials/{id}", changes.update, JsonBody, _SELF),
        ("credentials.set_password", "PUT", "credentials/{id}/password", changes.set_password, JsonOrForm, _SELF),
        ("credentials.reset_password", "POST", "credentials/{id}/password", changes.reset_password, Form, None),
        ("credentials.delete_password", "DELETE", "credentials/{id}/password", changes.delete_password, None, _ADMIN),
        (
            "credentials.require_password_change",
            "PUT",
            "credentials/{id}/passwordMustChange",
            changes.require_change,
            JsonBody,
            _ADMIN,
        ),
        ("credentials.enable", "PUT", "credentials/{id}/enabled", changes.enable, JsonBody, _ADMIN),
        ("credentials.list_roles", "GET", "credentials/{id}/roles", changes.list_roles, None, _SELF),
        ("credentials.delete_roles", "DELETE", "credentials/{id}/roles", changes.delete_roles, None, _ADMIN),
        ("credentials.add_role", "PUT", "credentials/{id}/roles/{role}", changes.add_role, None, _ADMIN),
        ("credentials.delete_role", "DELETE", "credentials/{id}/roles/{role}", changes.delete_role, None, _ADMIN),
    ),
    *_operations(
        f"CredentialsResource.java; {_NOTES} 8",
        ("credentials.forgot_password", "POST", "credentials/forgotPassword", mail.forgot_password, JsonBody, None),
    ),
    *_operations(
        f"CredentialsResource.java; {_NOTES} 1",
        ("credentials.sign_up", "POST", "credentials", credentials.sign_up, JsonBody, None),
    ),
    *_operations(
        f"SchemaResource.java; {_NOTES} 11",
        ("schema.list", "GET", "schema", schemas.list_, None, None),
        ("schema.show", "GET", "schema/{type}", schemas.show, None, None),
        ("schema.put", "PUT POST", "schema/{type}", schemas.put, JsonBody, _ADMIN),
        ("schema.delete", "DELETE", "schema/{type}", schemas.delete, None, _ADMIN),
    ),
    *_operations(
        f"DataResource.java, SearchResource.java; {_NOTES} 11",
        ("data.list", "GET", "data", data.list_, Form, None),
        ("data.list_type", "GET", "data/{type}", data.list_type, Form, "search in the schema's ACL"),
        ("data.create", "POST", "data/{type}", data.create, NewObject, "create in the schema's ACL"),
        ("data.show", "GET", "data/{type}/{id}", data.show, None, "read, read_all or search in the schema's ACL"),
        ("data.delete", "DELETE", "data/{type}/{id}", data.delete, None, "delete or delete_all in the schema's ACL"),
    ),
    *_operations(
        f"BackendResource.java, BackendResourceTestOften.java; {_NOTES} 1 and 2",
        ("backend.ping", "GET", "", backends.ping, None, None),
        ("backend.list", "GET", "backend", backends.list_, Form, _SUPER_ADMIN),
        ("backend.create", "POST", "backend", backends.create, JsonBody, _SUPERDOG),
        ("backend.delete", "DELETE", "backend", backends.delete, None, _SUPER_ADMIN),
        ("backend.create_by_id", "POST", "backend/{id}", backends.create, JsonBody, _SUPERDOG),
    ),
)


def _not_emulated(reason: str, *names: str) -> tuple[NotEmulated, ...]:
    return tuple(
        NotEmulated(name=name, method="*", path=f"/1/{name.replace('.', '/')}", reason=reason) for name in names
    )


_NOT_MAIL = "not part of the mail service"
_LINKEDIN = "needs LinkedIn for the login"

NOT_EMULATED = (
    NotEmulated(
        name="data.update",
        method="PUT",
        path="/1/data/{type}/{id}",
        reason="not part of the mail service; templates need objects that are created and shown",
    ),
    NotEmulated(name="data.delete_type", method="DELETE", path="/1/data/{type}", reason=_NOT_MAIL),
    *_not_emulated(
        _NOT_MAIL,
        *("search", "batch", "file", "web", "share", "log", "snapshot", "stripe"),
    ),
    *_not_emulated("a login check and a route that always fails, for the vendor's own monitoring", "admin"),
    *_not_emulated("commented out in the vendor's source; /1/search took its place", "filter"),
    *_not_emulated("needs a LinkedIn account of the caller", "linkedin"),
    *_not_emulated("users as data, replaced by /1/credentials", "user"),
    *_not_emulated(_LINKEDIN, "login.linkedin"),
    NotEmulated(name="credentials.linkedin", method="POST", path="/1/credentials/linkedin", reason=_LINKEDIN),
    *_not_emulated("text messages, not mail", "sms"),
    *_not_emulated("notifications, not mail", "push", "installation", "applications"),
    NotEmulated(
        name="emails",
        method="*",
        path="/2/emails",
        reason="a later generation of the API, which the page does not describe",
    ),
)
