"""Every operation of Adaxes that is served, and what is not, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.adaxes.authentication import TOKEN_ONLY
from mockmail.vendors.adaxes.handlers import objects, sending, sessions, tokens

API = "/restApi/api"
ROOT = "/api"


def _operation(
    name: str,
    method: str,
    path: str,
    handler: Callable[..., Any],
    params: type[Any],
    *,
    source: str,
    evidence: Evidence = Evidence.DOCUMENTED,
    requires: str | None = None,
) -> Operation:
    """An operation under the virtual directory that the samples use, and at the root."""
    return Operation(
        name=name,
        methods=(method,),
        path=API + path,
        aliases=(ROOT + path,),
        handler=handler,
        params=params,
        source=source,
        evidence=evidence,
        requires=requires,
    )


OPERATIONS = (
    _operation(
        "mail.send",
        "POST",
        "/directoryObjects/sendMail",
        sending.send_mail,
        sending.Mail,
        source='Adaxes API documentation, "Send e-mail"',
        requires="SendEmail",
    ),
    _operation(
        "sms.send",
        "POST",
        "/directoryObjects/sendSms",
        sending.send_sms,
        sending.Sms,
        source="adaxes.com/sdk/REST_SendSMS; docs/wire/adaxes.md 5",
        requires="SendSms",
    ),
    _operation(
        "session.create",
        "POST",
        "/authSessions/create",
        sessions.create,
        sessions.Login,
        source="adaxes.com/sdk/REST_Authentication, adaxes.com/questions/13151; docs/wire/adaxes.md 2",
        evidence=Evidence.CONFIRMED,
    ),
    _operation(
        "session.end",
        "DELETE",
        "/authSessions",
        sessions.end,
        sessions.SessionId,
        source="docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
    ),
    _operation(
        "token.issue",
        "POST",
        "/auth",
        tokens.issue,
        tokens.Issue,
        source="adaxes.com/sdk/REST_Authentication; docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
    ),
    _operation(
        "token.renew",
        "PATCH",
        "/auth",
        tokens.renew,
        tokens.TokenNamed,
        source="docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
        requires=TOKEN_ONLY,
    ),
    _operation(
        "token.destroy",
        "DELETE",
        "/auth",
        tokens.destroy,
        tokens.TokenNamed,
        source="docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
        requires=TOKEN_ONLY,
    ),
    _operation(
        "object.get",
        "GET",
        "/directoryObjects",
        objects.get,
        objects.Look,
        source="adaxes.com/sdk/REST_DirectoryObject; docs/wire/adaxes.md 5",
        requires="GetObject",
    ),
    _operation(
        "object.create",
        "POST",
        "/directoryObjects",
        objects.create,
        objects.New,
        source="adaxes.com/sdk/REST_CreateDirectoryObject; docs/wire/adaxes.md 5",
        evidence=Evidence.ASSUMED,
        requires="CreateObject",
    ),
    _operation(
        "object.modify",
        "PATCH",
        "/directoryObjects",
        objects.modify,
        objects.Change,
        source="adaxes.com/sdk/REST_ModifyDirectoryObject; docs/wire/adaxes.md 5",
        evidence=Evidence.ASSUMED,
        requires="ModifyObject",
    ),
    _operation(
        "object.delete",
        "DELETE",
        "/directoryObjects",
        objects.delete,
        objects.ObjectNamed,
        source="adaxes.com/sdk/REST_DeleteDirectoryObject; docs/wire/adaxes.md 5",
        requires="DeleteObject",
    ),
)

_DIRECTORY = "managing a directory beyond what a test needs to arrange people is not about mail"

NOT_EMULATED = (
    NotEmulated(
        name="running_operation.get",
        method="GET",
        path=f"{API}/runningOperations/{{id}}",
        reason="its answers are not known; every call ends within its `Adm-Wait`, so there is none to ask for",
    ),
    NotEmulated(name="object.search", method="POST", path=f"{API}/directoryObjects/search", reason=_DIRECTORY),
    NotEmulated(name="object.move", method="POST", path=f"{API}/directoryObjects/move", reason=_DIRECTORY),
    NotEmulated(
        name="object.reset_password", method="POST", path=f"{API}/directoryObjects/resetPassword", reason=_DIRECTORY
    ),
    NotEmulated(name="group_member.list", method="GET", path=f"{API}/directoryObjects/groupMembers", reason=_DIRECTORY),
    NotEmulated(name="group_member.add", method="POST", path=f"{API}/directoryObjects/groupMembers", reason=_DIRECTORY),
    NotEmulated(
        name="group_member.remove", method="DELETE", path=f"{API}/directoryObjects/groupMembers", reason=_DIRECTORY
    ),
)
