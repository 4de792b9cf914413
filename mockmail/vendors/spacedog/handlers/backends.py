"""`/1/backend` (services/.../BackendResource.java)."""

from __future__ import annotations

from mockmail.core.vendor import Call
from mockmail.vendors.spacedog.access import Caller, insufficient, require_level
from mockmail.vendors.spacedog.answer import Answer, saved, success
from mockmail.vendors.spacedog.backends import check_id, root_url
from mockmail.vendors.spacedog.bodies import Form, JsonBody
from mockmail.vendors.spacedog.errors import IllegalArgument, InvalidParameters
from mockmail.vendors.spacedog.handlers import credentials, json_nodes
from mockmail.vendors.spacedog.handlers.credentials_views import end_sessions
from mockmail.vendors.spacedog.handlers.paging import page_of
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.records import VENDOR, Backend, Credentials, DataObject, Settings


def list_(call: Call[Caller, Options], params: Form) -> Answer:
    """The superadmins of the backend; a superdog at the root backend sees those of all."""
    require_level(call, "SUPER_ADMIN")
    records = call.world.store.records(VENDOR, Credentials)
    everywhere = call.caller.level == "SUPERDOG" and call.caller.backend == call.options.root_backend
    found = (
        [one for one in records if one.level == "SUPER_ADMIN"]
        if everywhere
        else records.find("superadmins", call.caller.backend)
    )
    start, end = page_of(params)
    results = [{"backendId": one.backendId, "username": one.username, "email": one.email} for one in found[start:end]]
    return Answer({"total": len(found), "results": results})


def create(call: Call[Caller, Options], params: JsonBody) -> Answer:
    """Create a backend with its first superadmin; the id comes in the path, or else with the host."""
    backend = call.path.get("id", call.caller.backend)
    check_id(backend, call.options)
    if call.options.only_superdog_creates_backends and call.caller.level != "SUPERDOG":
        raise insufficient(call)
    records = call.world.store.records(VENDOR, Backend)
    if backend in records or call.world.store.records(VENDOR, Credentials).count("backend", backend):
        raise InvalidParameters("backendId", backend, f"backend id [{backend}] not available")
    credentials.create(call, backend, "SUPER_ADMIN", json_nodes.object_(params))
    location = f"{root_url(call.request, backend, call.options)}/1/backend"
    return saved(location, "backend", backend, created=True)


def delete(call: Call[Caller, Options], params: None) -> Answer:
    """Delete the backend that is called, and all that it has."""
    require_level(call, "SUPER_ADMIN")
    backend, store = call.caller.backend, call.world.store
    if backend == call.options.root_backend:
        raise IllegalArgument(f"backend [{backend}] shall not be deleted")
    users = store.records(VENDOR, Credentials)
    for user in users.find("backend", backend):
        end_sessions(call.world, user)
        users.remove(user.key)
    settings, objects = store.records(VENDOR, Settings), store.records(VENDOR, DataObject)
    for document in settings.find("backend", backend):
        settings.remove(document.key)
    for one in [one for one in objects if one.backendId == backend]:
        objects.remove(one.key)
    store.records(VENDOR, Backend).remove(backend)
    return success()
