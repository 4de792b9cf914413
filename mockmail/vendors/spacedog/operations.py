"""SpaceDog's operations.

The page describes the mail service. The other operations are known from the vendor's source, tag v0.41.1, which is
unchanged at the page's commit. `source` names the page's heading, or the notes on the source.
"""

from __future__ import annotations

from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.spacedog.handlers import backends, credentials, mail, sessions, settings
from mockmail.vendors.spacedog.handlers import credentials_changes as changes
from mockmail.vendors.spacedog.parameters import Form, JsonBody, MailForm

_NOTES = "docs/wire/spacedog.md"
_PAGE = "SpaceDog API documentation"
_ADMIN, _USER, _SUPER_ADMIN, _SUPERDOG = "ADMIN", "USER", "SUPER_ADMIN", "SUPERDOG"
_SELF = "USER, one's own; ADMIN"
_ACL = "SUPER_ADMIN, or a role in the settings ACL"
_FULL_ACCESS = "ADMIN; USER with enableUserFullAccess"


def _operations(source: str, *rows: tuple[str, str, str, Any, type | None, str | None]) -> tuple[Operation, ...]:
    """Return the operations of one source: name, methods, path, handler, parameters and the caller's right of each."""
    return tuple(
        Operation(
            name=name,
            methods=tuple(methods.split()),
            path=f"/1/{path}",
            handler=handler,
            params=params,
            evidence=Evidence.ASSUMED if name == "settings.delete_all" else Evidence.CONFIRMED,
            source=source,
            requires=requires,
        )
        for name, methods, path, handler, params, requires in rows
    )


OPERATIONS = (
    *_operations(
        f'{_PAGE}, "/1/mail"; {_NOTES} 6',
        ("mail.send", "POST", "mail", mail.send, MailForm, _FULL_ACCESS),
    ),
    *_operations(
        f'{_PAGE}, "/1/mail/template/{{name}}"; {_NOTES} 7',
        ("mail.send_template", "POST", "mail/template/{name}", mail.send_template, JsonBody, "a role of the template"),
    ),
    *_operations(
        f'{_PAGE}, "/1/settings/mail"; {_NOTES} 5',
        ("settings.show", "GET", "settings/{id}", settings.show, None, _ACL),
        ("settings.put", "PUT", "settings/{id}", settings.put, JsonBody, _ACL),
    ),
    *_operations(
        f"{_NOTES} 5",
        ("settings.list", "GET", "settings", settings.list_, Form, _SUPER_ADMIN),
        ("settings.delete", "DELETE", "settings/{id}", settings.delete, None, _ACL),
        ("settings.show_field", "GET", "settings/{id}/{field}", settings.show_field, None, _ACL),
        ("settings.put_field", "PUT", "settings/{id}/{field}", settings.put_field, JsonBody, _ACL),
        ("settings.delete_field", "DELETE", "settings/{id}/{field}", settings.delete_field, None, _ACL),
    ),
    *_operations(
        f"{_NOTES} 3",
        ("session.login", "GET POST", "login", sessions.login, Form, _USER),
        ("session.logout", "GET POST", "logout", sessions.logout, None, _USER),
        ("credentials.list", "GET", "credentials", credentials.list_, Form, _USER),
        ("credentials.delete_all", "DELETE", "credentials", credentials.delete_all, Form, _SUPER_ADMIN),
        ("credentials.show_me", "GET", "credentials/me", credentials.show_me, None, _USER),
        ("credentials.delete_me", "DELETE", "credentials/me", credentials.delete, None, _USER),
        ("credentials.show", "GET", "credentials/{id}", credentials.show, None, _SELF),
        ("credentials.delete", "DELETE", "credentials/{id}", credentials.delete, None, _SELF),
        ("credentials.update_me", "PUT", "credentials/me", changes.update, JsonBody, _USER),
        ("credentials.set_my_password", "PUT", "credentials/me/password", changes.set_password, JsonBody, _USER),
        ("credentials.update", "PUT", "credentials/{id}", changes.update, JsonBody, _SELF),
        ("credentials.set_password", "PUT", "credentials/{id}/password", changes.set_password, JsonBody, _SELF),
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
        f"{_NOTES} 8",
        ("credentials.forgot_password", "POST", "credentials/forgotPassword", mail.forgot_password, JsonBody, None),
    ),
    *_operations(
        f"{_NOTES} 1",
        ("settings.delete_all", "DELETE", "settings", settings.delete_all, None, _SUPER_ADMIN),
        ("credentials.sign_up", "POST", "credentials", credentials.sign_up, JsonBody, None),
    ),
    *_operations(
        f"{_NOTES} 1 and 2",
        ("backend.list", "GET", "backend", backends.list_, Form, _SUPER_ADMIN),
        ("backend.create", "POST", "backend", backends.create, JsonBody, _SUPERDOG),
        ("backend.delete", "DELETE", "backend", backends.delete, None, _SUPER_ADMIN),
        ("backend.create_by_id", "POST", "backend/{id}", backends.create, JsonBody, _SUPERDOG),
    ),
)

_NO_MAIL = "not part of the mail service"
_LINKEDIN = "needs LinkedIn for the login"
_PUSH = "notifications, not mail"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method=method, path=path, reason=reason)
    for name, method, path, reason in (
        ("data", "*", "/1/data", "not part of the mail service; objects that templates name are seeded"),
        ("schema", "*", "/1/schema", _NO_MAIL),
        ("search", "*", "/1/search", _NO_MAIL),
        ("batch", "*", "/1/batch", _NO_MAIL),
        ("file", "*", "/1/file", _NO_MAIL),
        ("share", "*", "/1/share", _NO_MAIL),
        ("log", "*", "/1/log", _NO_MAIL),
        ("snapshot", "*", "/1/snapshot", _NO_MAIL),
        ("stripe", "*", "/1/stripe", _NO_MAIL),
        ("user", "*", "/1/user", "users as data, replaced by /1/credentials"),
        ("login.linkedin", "*", "/1/login/linkedin", _LINKEDIN),
        ("credentials.linkedin", "POST", "/1/credentials/linkedin", _LINKEDIN),
        ("sms", "*", "/1/sms", "text messages, not mail"),
        ("push", "*", "/1/push", _PUSH),
        ("installation", "*", "/1/installation", _PUSH),
        ("applications", "*", "/1/applications", _PUSH),
        ("emails", "*", "/2/emails", "a later generation of the API, which the page does not describe"),
    )
)
