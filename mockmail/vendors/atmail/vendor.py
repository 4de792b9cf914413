"""atmail, as the core knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call, Vendor
from mockmail.vendors.atmail.access import Caller
from mockmail.vendors.atmail.authentication import authenticate, credentials_of
from mockmail.vendors.atmail.dialect import AtmailDialect
from mockmail.vendors.atmail.hosting import AtmailHosting
from mockmail.vendors.atmail.operations import NOT_EMULATED, OPERATIONS
from mockmail.vendors.atmail.options import AtmailOptions
from mockmail.vendors.atmail.records import MODELS


class Atmail(Vendor):
    """atmail mail server 1.0: admin users, accounts, aliases and domains."""

    name = "atmail"
    title = "atmail mail server"
    server_header = "Apache"
    operations = OPERATIONS
    not_emulated = NOT_EMULATED
    models = MODELS
    dialect = AtmailDialect()
    options_type = AtmailOptions
    hosting = AtmailHosting()

    def seed(self) -> Mapping[str, Any]:
        """The world that the page describes."""
        return json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))  # type: ignore[no-any-return]

    def authenticate(self, call: Call[Any]) -> Caller:
        """The admin user whose credentials come with the call."""
        return authenticate(call)

    def authorize(self, call: Call[Any], params: Any) -> None:
        """Whether the admin has the right that the operation asks for; the rules ask about domains."""
        if call.operation.requires is not None:
            call.caller.demand(call.operation.requires)

    def credentials(self) -> Mapping[str, str]:
        """The page's admin."""
        return {"username": "admin", "password": "changeme"}

    def environment(self, base_url: str) -> Mapping[str, str]:
        """What a client of atmail is told."""
        return {
            "ATMAIL_URL": f"{base_url}/admin/index.php/api",
            "ATMAIL_USERNAME": "admin",
            "ATMAIL_PASSWORD": "changeme",
        }

    def client_of(self, request: WireRequest) -> str:
        """The admin that the request claims to be from."""
        given = credentials_of(request)
        return request.peer if given is None else given[0]
