"""The vendor atmail."""

from __future__ import annotations

from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call, Vendor


class Atmail(Vendor):
    """atmail mail server 1.0: admin users, accounts, aliases and domains."""

    name = "atmail"
    title = "atmail mail server"
    path_roots = ("admin",)
    server_header = "Apache"
    hosts_mailboxes = True
    credentials = {"username": "admin", "password": "changeme"}
    environment = {
        "ATMAIL_URL": "{url}/admin/index.php/api",
        "ATMAIL_USERNAME": credentials["username"],
        "ATMAIL_PASSWORD": credentials["password"],
    }

    # The errors that an old page of the vendor lists (docs/wire/atmail.md 1.4), and those of a gateway.
    fault_statuses = (400, 401, 403, 404, 405, 412, 500, 501, 502, 503, 504)

    def authorize(self, call: Call[Any, Any], params: Any) -> None:
        """Raise Forbidden unless the admin has the operation's right; handlers check domains."""
        if call.operation.requires is not None:
            call.caller.demand(call.operation.requires)

    def client_of(self, request: WireRequest) -> str:
        """Return the user name that the request gives, or the client's address."""
        from mockmail.vendors.atmail.authentication import credentials_of

        given = credentials_of(request)
        return request.peer if given is None else given[0]


VENDOR = Atmail()
