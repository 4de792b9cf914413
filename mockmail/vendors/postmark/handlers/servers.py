"""`/server`, and `/servers` with the account token (docs/wire/postmark.md 12)."""

from __future__ import annotations

from typing import Any, Literal

from mockmail.vendors.postmark.account_parameters import NewServer, ServerChange, ServerSearch
from mockmail.vendors.postmark.account_views import SERVER_SETTINGS, server_document
from mockmail.vendors.postmark.authentication import AccountCall, PostmarkCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.paging import page
from mockmail.vendors.postmark.records import Server
from mockmail.wire.parameters import given


def show_own(call: PostmarkCall, params: None) -> Any:
    """Return the server that calls."""
    return server_document(call.caller.server)


def edit_own(call: PostmarkCall, params: ServerChange) -> Any:
    """Change the settings of the server that calls."""
    return _change(call, call.caller.server, params)


def index(call: AccountCall, params: ServerSearch) -> Any:
    """List the servers of the account."""
    found = [server for server in call.records(Server) if params.name.lower() in server.name.lower()]
    return {"TotalCount": len(found), "Servers": [server_document(server) for server in page(params, found)]}


def create(call: AccountCall, params: NewServer) -> Any:
    """Add a server with a token of its own."""
    if not params.name:
        raise PostmarkError("The 'Name' of the server is missing.", code=600)
    if any(server.name == params.name for server in call.records(Server)):
        raise PostmarkError(f"A server has the name '{params.name:.80}' already.", code=603)
    number = max((server.id for server in call.records(Server)), default=0) + 1
    kind: Literal["Sandbox", "Live"] = "Sandbox" if params.delivery_type.lower() == "sandbox" else "Live"
    server = Server(token=call.world.ids.uuid(), id=number, name=params.name, deliveryType=kind)
    return _change(call, server, params)


def show(call: AccountCall, params: None) -> Any:
    """Return one server."""
    return server_document(_server(call))


def edit(call: AccountCall, params: ServerChange) -> Any:
    """Change the settings of a server."""
    return _change(call, _server(call), params)


def delete(call: AccountCall, params: None) -> Any:
    """Remove a server."""
    server = _server(call)
    call.records(Server).remove(server.key)
    return {"ErrorCode": 0, "Message": f"Server {server.name} removed."}


def _change(call: PostmarkCall | AccountCall, server: Server, params: ServerChange) -> Any:
    changed = {name: value for name, value in given(params).items() if name in SERVER_SETTINGS}
    if not server.id:  # the test token belongs to no server
        return server_document(server.replace(settings=changed))
    server = server.replace(name=params.name or server.name, settings={**server.settings, **changed})
    return server_document(call.records(Server).put(server))


def _server(call: AccountCall) -> Server:
    number = call.path["server"]
    found = call.records(Server).first("id", int(number)) if number.isdecimal() and len(number) < 10 else None  # noqa: PLR2004
    if found is None:
        raise PostmarkError("The server for the provided 'ID' was not found.", code=602)
    return found
