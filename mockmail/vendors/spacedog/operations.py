"""SpaceDog's operations.

The page describes the mail service. The other operations are known from the vendor's source, tag v0.41.1, which is
unchanged at the page's commit. `source` names the page's heading, or the notes on the source.
"""

from __future__ import annotations

from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.spacedog.handlers import (
    backends,
    credentials,
    credentials_changes,
    mail,
    sessions,
    settings,
)
from mockmail.vendors.spacedog.parameters import Form, JsonBody, MailForm

SUPER_ADMIN, ADMIN, USER = "SUPER_ADMIN", "ADMIN", "USER"
SELF = "USER, one's own; ADMIN"
ACL = "SUPER_ADMIN, or a role in the settings ACL"


def _operation(
    name: str,
    methods: str,
    path: str,
    handler: Any,
    params: type | None = None,
    *,
    source: str,
    requires: str | None = None,
    evidence: Evidence = Evidence.CONFIRMED,
) -> Operation:
    return Operation(
        name=name,
        methods=tuple(methods.split()),
        path=path,
        handler=handler,
        params=params,
        evidence=evidence,
        source=source,
        requires=requires,
    )


def _mail() -> tuple[Operation, ...]:
    page = 'SpaceDog API documentation, "/1/mail"; docs/wire/spacedog.md 6'
    template = 'SpaceDog API documentation, "/1/mail/template/{name}"; docs/wire/spacedog.md 7'
    return (
        _operation(
            "mail.send", "POST", "/1/mail", mail.send, MailForm, source=page,
            requires="ADMIN; USER with enableUserFullAccess",
        ),
        _operation(
            "mail.send_template", "POST", "/1/mail/template/{name}", mail.send_template, JsonBody, source=template,
            requires="a role of the template",
        ),
    )  # fmt: skip


def _settings() -> tuple[Operation, ...]:
    notes = "docs/wire/spacedog.md 5"
    page = f'SpaceDog API documentation, "/1/settings/mail"; {notes}'
    document, field = "/1/settings/{id}", "/1/settings/{id}/{field}"
    return (
        _operation("settings.list", "GET", "/1/settings", settings.list_, Form, source=notes, requires=SUPER_ADMIN),
        _operation(
            "settings.delete_all", "DELETE", "/1/settings", settings.delete_all, source="docs/wire/spacedog.md 1",
            requires=SUPER_ADMIN, evidence=Evidence.ASSUMED,
        ),
        _operation("settings.show", "GET", document, settings.show, source=page, requires=ACL),
        _operation("settings.put", "PUT", document, settings.put, JsonBody, source=page, requires=ACL),
        _operation("settings.delete", "DELETE", document, settings.delete, source=notes, requires=ACL),
        _operation("settings.show_field", "GET", field, settings.show_field, source=notes, requires=ACL),
        _operation("settings.put_field", "PUT", field, settings.put_field, JsonBody, source=notes, requires=ACL),
        _operation("settings.delete_field", "DELETE", field, settings.delete_field, source=notes, requires=ACL),
    )  # fmt: skip


def _users() -> tuple[Operation, ...]:
    notes, root = "docs/wire/spacedog.md 3", "/1/credentials"
    return (
        _operation("session.login", "GET POST", "/1/login", sessions.login, Form, source=notes, requires=USER),
        _operation("session.logout", "GET POST", "/1/logout", sessions.logout, source=notes, requires=USER),
        _operation(
            "credentials.sign_up", "POST", root, credentials.sign_up, JsonBody, source="docs/wire/spacedog.md 1",
        ),
        _operation("credentials.list", "GET", root, credentials.list_, Form, source=notes, requires=USER),
        _operation(
            "credentials.delete_all", "DELETE", root, credentials.delete_all, Form, source=notes,
            requires=SUPER_ADMIN,
        ),
        _operation(
            "credentials.forgot_password", "POST", f"{root}/forgotPassword", mail.send_forgotten_password, JsonBody,
            source="docs/wire/spacedog.md 8",
        ),
        _operation("credentials.show_me", "GET", f"{root}/me", credentials.show_me, source=notes, requires=USER),
        _operation("credentials.delete_me", "DELETE", f"{root}/me", credentials.delete_me, source=notes, requires=USER),
        _operation("credentials.show", "GET", f"{root}/{{id}}", credentials.show, source=notes, requires=SELF),
        _operation("credentials.delete", "DELETE", f"{root}/{{id}}", credentials.delete, source=notes, requires=SELF),
        *_changes(root, notes),
    )  # fmt: skip


def _changes(root: str, notes: str) -> tuple[Operation, ...]:
    rows: tuple[tuple[str, str, str, Any, type | None, str | None], ...] = (
        ("update_me", "PUT", "me", credentials_changes.update_me, JsonBody, USER),
        ("set_my_password", "PUT", "me/password", credentials_changes.set_my_password, JsonBody, USER),
        ("update", "PUT", "{id}", credentials_changes.update, JsonBody, SELF),
        ("set_password", "PUT", "{id}/password", credentials_changes.set_password, JsonBody, SELF),
        ("reset_password", "POST", "{id}/password", credentials_changes.reset_password, Form, None),
        ("delete_password", "DELETE", "{id}/password", credentials_changes.delete_password, None, ADMIN),
        (
            "require_password_change",
            "PUT",
            "{id}/passwordMustChange",
            credentials_changes.require_change,
            JsonBody,
            ADMIN,
        ),
        ("enable", "PUT", "{id}/enabled", credentials_changes.enable, JsonBody, ADMIN),
        ("list_roles", "GET", "{id}/roles", credentials_changes.list_roles, None, SELF),
        ("delete_roles", "DELETE", "{id}/roles", credentials_changes.delete_roles, None, ADMIN),
        ("add_role", "PUT", "{id}/roles/{role}", credentials_changes.add_role, None, ADMIN),
        ("delete_role", "DELETE", "{id}/roles/{role}", credentials_changes.delete_role, None, ADMIN),
    )
    return tuple(
        _operation(f"credentials.{name}", method, f"{root}/{path}", handler, params, source=notes, requires=requires)
        for name, method, path, handler, params, requires in rows
    )


def _backends() -> tuple[Operation, ...]:
    notes, superdog = "docs/wire/spacedog.md 1 and 2", "SUPERDOG"
    return (
        _operation("backend.list", "GET", "/1/backend", backends.list_, Form, source=notes, requires=SUPER_ADMIN),
        _operation("backend.create", "POST", "/1/backend", backends.create, JsonBody, source=notes, requires=superdog),
        _operation("backend.delete", "DELETE", "/1/backend", backends.delete, source=notes, requires=SUPER_ADMIN),
        _operation(
            "backend.create_by_id", "POST", "/1/backend/{id}", backends.create, JsonBody, source=notes,
            requires=superdog,
        ),
    )  # fmt: skip


OPERATIONS = (*_mail(), *_settings(), *_users(), *_backends())


def _missing(name: str, method: str, path: str, reason: str) -> NotEmulated:
    return NotEmulated(name=name, method=method, path=path, reason=reason)


_NO_MAIL = "no part of the mail service"
_LINKEDIN = "it takes LinkedIn to log in by it"
_PUSH = "notifications, not mail"
NOT_EMULATED = (
    _missing("data", "*", "/1/data", "no part of the mail service; objects that templates name are seeded"),
    _missing("schema", "*", "/1/schema", _NO_MAIL),
    _missing("search", "*", "/1/search", _NO_MAIL),
    _missing("batch", "*", "/1/batch", _NO_MAIL),
    _missing("file", "*", "/1/file", _NO_MAIL),
    _missing("share", "*", "/1/share", _NO_MAIL),
    _missing("log", "*", "/1/log", _NO_MAIL),
    _missing("snapshot", "*", "/1/snapshot", _NO_MAIL),
    _missing("stripe", "*", "/1/stripe", _NO_MAIL),
    _missing("user", "*", "/1/user", "users as data, which /1/credentials came after"),
    _missing("login.linkedin", "*", "/1/login/linkedin", _LINKEDIN),
    _missing("credentials.linkedin", "POST", "/1/credentials/linkedin", _LINKEDIN),
    _missing("sms", "*", "/1/sms", "texts, not mail"),
    _missing("push", "*", "/1/push", _PUSH),
    _missing("installation", "*", "/1/installation", _PUSH),
    _missing("applications", "*", "/1/applications", _PUSH),
    _missing("emails", "*", "/2/emails", "a later generation of the API, which the page does not describe"),
)
