"""The operations of Adaxes, and those that are not emulated."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.adaxes.authentication import TOKEN_ONLY
from mockmail.vendors.adaxes.handlers import objects, sending, sessions
from mockmail.vendors.adaxes.parameters import (
    ChangedObject,
    Login,
    Mail,
    NewObject,
    ObjectIdentifier,
    ObjectToShow,
    OwnToken,
    SessionOfToken,
    SessionToEnd,
    Sms,
)

API = "/restApi/api"
"""Below the virtual directory that the samples use."""
ROOT = "/api"
OBJECTS = "/directoryObjects"

SDK = "adaxes.com/sdk"
NOTES = "docs/wire/adaxes.md"
MAIL_SOURCE = 'Adaxes API documentation, "Send e-mail"'
LOGIN_SOURCE = f"{SDK}/REST_Authentication, adaxes.com/questions/13151; {NOTES} 2"
TOKEN_SOURCE = f"{SDK}/REST_Authentication; {NOTES} 2"
GET_SOURCE = f"{SDK}/REST_DirectoryObject; {NOTES} 5"
CREATE_SOURCE = f"{SDK}/REST_CreateDirectoryObject; {NOTES} 5"
MODIFY_SOURCE = f"{SDK}/REST_ModifyDirectoryObject; {NOTES} 5"
DELETE_SOURCE = f"{SDK}/REST_DeleteDirectoryObject; {NOTES} 5"
EVIDENCE = {
    "mail.send": Evidence.DOCUMENTED,
    "sms.send": Evidence.DOCUMENTED,
    "session.create": Evidence.CONFIRMED,
    "object.get": Evidence.DOCUMENTED,
    "object.create": Evidence.DOCUMENTED,
    "object.modify": Evidence.DOCUMENTED,
    "object.delete": Evidence.DOCUMENTED,
}
"""The operations whose evidence is more than an assumption."""
SECRETS = {
    "session.create": ("password", "sessionId"),
    "session.end": ("id",),
    "token.issue": ("sessionId", "token"),
    "token.renew": ("token",),
    "token.destroy": ("token",),
    "object.create": ("@propertyName",),
    "object.modify": ("@propertyName",),
}

OPERATIONS = tuple(
    Operation(
        name=name,
        methods=(method,),
        path=API + path,
        aliases=(ROOT + path,),
        handler=handler,
        params=params,
        evidence=EVIDENCE.get(name, Evidence.ASSUMED),
        source=source,
        requires=requires,
        secrets=SECRETS.get(name, ()),
    )
    for name, method, path, handler, params, source, requires in (
        ("mail.send", "POST", f"{OBJECTS}/sendMail", sending.send_mail, Mail, MAIL_SOURCE, "SendEmail"),
        ("sms.send", "POST", f"{OBJECTS}/sendSms", sending.send_sms, Sms, f"{SDK}/REST_SendSMS; {NOTES} 5", "SendSms"),
        ("session.create", "POST", "/authSessions/create", sessions.create, Login, LOGIN_SOURCE, None),
        ("session.end", "DELETE", "/authSessions", sessions.end, SessionToEnd, f"{NOTES} 2", None),
        ("token.issue", "POST", "/auth", sessions.issue_token, SessionOfToken, TOKEN_SOURCE, None),
        ("token.renew", "PATCH", "/auth", sessions.renew_token, OwnToken, f"{NOTES} 2", TOKEN_ONLY),
        ("token.destroy", "DELETE", "/auth", sessions.destroy_token, OwnToken, f"{NOTES} 2", TOKEN_ONLY),
        ("object.get", "GET", OBJECTS, objects.get, ObjectToShow, GET_SOURCE, "View"),
        ("object.create", "POST", OBJECTS, objects.create, NewObject, CREATE_SOURCE, "Create"),
        ("object.modify", "PATCH", OBJECTS, objects.modify, ChangedObject, MODIFY_SOURCE, "Edit"),
        ("object.delete", "DELETE", OBJECTS, objects.delete, ObjectIdentifier, DELETE_SOURCE, "Delete"),
    )
)

_RUNNING = "its responses are not known; every call ends within its `Adm-Wait`, so no operation is left running"
_DIRECTORY = "only the calls of a directory that a test of mail needs are emulated"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method=method, path=API + path, reason=reason)
    for name, method, path, reason in (
        ("running_operation.get", "GET", "/runningOperations/{id}", _RUNNING),
        ("object.search", "POST", f"{OBJECTS}/search", _DIRECTORY),
        ("object.move", "POST", f"{OBJECTS}/move", _DIRECTORY),
        ("object.reset_password", "POST", f"{OBJECTS}/resetPassword", _DIRECTORY),
        ("group_member.list", "GET", f"{OBJECTS}/groupMembers", _DIRECTORY),
        ("group_member.add", "POST", f"{OBJECTS}/groupMembers", _DIRECTORY),
        ("group_member.remove", "DELETE", f"{OBJECTS}/groupMembers", _DIRECTORY),
    )
)
