"""`/1/backend` (services/.../BackendResource.java)."""

from __future__ import annotations

import re

from mockmail.vendors.spacedog.authentication import SpaceDogCall, insufficient_credentials, require_level
from mockmail.vendors.spacedog.errors import IllegalArgument, InvalidParameters
from mockmail.vendors.spacedog.handlers.credentials import add_credentials, end_sessions
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.parameters import Form, JsonBody, page_of
from mockmail.vendors.spacedog.records import Backend, Credentials, DataObject, Schema, Settings
from mockmail.vendors.spacedog.views import Result, saved, success

VERSION = "0.41.1"

_ID = re.compile(r"[a-z0-9]{4,}")


def ping(call: SpaceDogCall, params: None) -> Result:
    """Return the version of the server."""
    info = {"version": VERSION, "baseline": "We provide the back-ends of your apps"}
    return Result({**info, "success": True, "status": 200})


def list_(call: SpaceDogCall, params: Form) -> Result:
    """List the superadmins of the backend; a superdog at the root backend sees those of all backends.

    A superadmin administers one backend, a superdog all of them.
    """
    require_level(call, "SUPER_ADMIN")
    users = call.records(Credentials)
    if call.caller.level == "SUPERDOG" and call.caller.backend == call.options.root_backend:
        found = [user for user in users if user.level == "SUPER_ADMIN"]
    else:
        found = users.find("superadmins", call.caller.backend)
    results = [
        {"backendId": user.backendId, "username": user.username, "email": user.email} for user in found[page_of(params)]
    ]
    return Result({"total": len(found), "results": results})


def create(call: SpaceDogCall, params: JsonBody) -> Result:
    """Create a backend with its first superadmin; the id is in the path or in the host."""
    backend = call.path.get("id", call.caller.backend)
    _check_id(backend, call.options)
    if call.options.only_superdog_creates_backends and call.caller.level != "SUPERDOG":
        raise insufficient_credentials(call)
    if backend in call.records(Backend) or call.records(Credentials).count("backend", backend):
        raise InvalidParameters("backendId", backend, f"backend id [{backend}] not available")
    add_credentials(call, backend, "SUPER_ADMIN", params.checked_object())
    return saved(call, backend, "backend", backend, created=True)


def delete(call: SpaceDogCall, params: None) -> Result:
    """Delete the backend that is called, with its users, settings, schemas and objects."""
    require_level(call, "SUPER_ADMIN")
    backend = call.caller.backend
    if backend == call.options.root_backend:
        raise IllegalArgument(f"backend [{backend}] shall not be deleted")
    for user in call.records(Credentials).find("backend", backend):
        end_sessions(call, user)
        call.records(Credentials).remove(user.key)
    for settings in call.records(Settings).find("backend", backend):
        call.records(Settings).remove(settings.key)
    for stored in call.records(DataObject).find("backend", backend):
        call.records(DataObject).remove(stored.key)
    for schema in call.records(Schema).find("backend", backend):
        call.records(Schema).remove(schema.key)
    call.records(Backend).remove(backend)
    return success()


def _check_id(backend: str, options: Options) -> None:
    # sdk/.../Backends.java
    if not backend:
        raise IllegalArgument("backend id must not be null or empty")
    root = options.root_backend
    if not _ID.fullmatch(backend) or "spacedog" in backend or backend.startswith(root):
        raise IllegalArgument(
            "backend id must comply with these rules: is at least 4 characters long, is only composed of a-z and 0-9 "
            f"characters, is lowercase,  does not start with '{root}',  does not contain 'spacedog'"
        )
