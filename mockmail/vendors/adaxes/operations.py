"""The operations of Adaxes, and those that are not emulated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.adaxes import parameters
from mockmail.vendors.adaxes.authentication import TOKEN_ONLY
from mockmail.vendors.adaxes.handlers import objects, sending, sessions

API = "/restApi/api"
"""Below the virtual directory that the samples use."""
ROOT = "/api"


def _operation(name: str, route: str, handler: Callable[..., Any], params: type[Any], **facts: Any) -> Operation:
    method, path = route.split()
    return Operation(
        name=name,
        methods=(method,),
        path=API + path,
        aliases=(ROOT + path,),
        handler=handler,
        params=params,
        **facts,
    )


OPERATIONS = (
    _operation(
        "mail.send",
        "POST /directoryObjects/sendMail",
        sending.send_mail,
        parameters.Mail,
        source='Adaxes API documentation, "Send e-mail"',
        requires="SendEmail",
    ),
    _operation(
        "sms.send",
        "POST /directoryObjects/sendSms",
        sending.send_sms,
        parameters.Sms,
        source="adaxes.com/sdk/REST_SendSMS; docs/wire/adaxes.md 5",
        requires="SendSms",
    ),
    _operation(
        "session.create",
        "POST /authSessions/create",
        sessions.create,
        parameters.Login,
        source="adaxes.com/sdk/REST_Authentication, adaxes.com/questions/13151; docs/wire/adaxes.md 2",
        evidence=Evidence.CONFIRMED,
    ),
    _operation(
        "session.end",
        "DELETE /authSessions",
        sessions.end,
        parameters.SessionToEnd,
        source="docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
    ),
    _operation(
        "token.issue",
        "POST /auth",
        sessions.issue_token,
        parameters.SessionOfToken,
        source="adaxes.com/sdk/REST_Authentication; docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
    ),
    _operation(
        "token.renew",
        "PATCH /auth",
        sessions.renew_token,
        parameters.OwnToken,
        source="docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
        requires=TOKEN_ONLY,
    ),
    _operation(
        "token.destroy",
        "DELETE /auth",
        sessions.destroy_token,
        parameters.OwnToken,
        source="docs/wire/adaxes.md 2",
        evidence=Evidence.ASSUMED,
        requires=TOKEN_ONLY,
    ),
    _operation(
        "object.get",
        "GET /directoryObjects",
        objects.get,
        parameters.ObjectToShow,
        source="adaxes.com/sdk/REST_DirectoryObject; docs/wire/adaxes.md 5",
        requires="GetObject",
    ),
    _operation(
        "object.create",
        "POST /directoryObjects",
        objects.create,
        parameters.NewObject,
        source="adaxes.com/sdk/REST_CreateDirectoryObject; docs/wire/adaxes.md 5",
        evidence=Evidence.ASSUMED,
        requires="CreateObject",
    ),
    _operation(
        "object.modify",
        "PATCH /directoryObjects",
        objects.modify,
        parameters.ChangedObject,
        source="adaxes.com/sdk/REST_ModifyDirectoryObject; docs/wire/adaxes.md 5",
        evidence=Evidence.ASSUMED,
        requires="ModifyObject",
    ),
    _operation(
        "object.delete",
        "DELETE /directoryObjects",
        objects.delete,
        parameters.ObjectIdentifier,
        source="adaxes.com/sdk/REST_DeleteDirectoryObject; docs/wire/adaxes.md 5",
        requires="DeleteObject",
    ),
)

NOT_EMULATED = (
    NotEmulated(
        name="running_operation.get",
        method="GET",
        path=f"{API}/runningOperations/{{id}}",
        reason="its responses are not known; every call ends within its `Adm-Wait`, so no operation is left running",
    ),
    *(
        NotEmulated(
            name=name,
            method=method,
            path=f"{API}/directoryObjects/{path}",
            reason="only the calls of a directory that a test of mail needs are emulated",
        )
        for name, method, path in (
            ("object.search", "POST", "search"),
            ("object.move", "POST", "move"),
            ("object.reset_password", "POST", "resetPassword"),
            ("group_member.list", "GET", "groupMembers"),
            ("group_member.add", "POST", "groupMembers"),
            ("group_member.remove", "DELETE", "groupMembers"),
        )
    ),
)
