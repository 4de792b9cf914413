"""Rackspace, as the core knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call, Vendor
from mockmail.vendors.rackspace.authentication import authenticate, client_of
from mockmail.vendors.rackspace.dialect import RackspaceDialect
from mockmail.vendors.rackspace.hosting import RackspaceHosting
from mockmail.vendors.rackspace.operations import NOT_EMULATED, OPERATIONS
from mockmail.vendors.rackspace.options import Options
from mockmail.vendors.rackspace.records import MODELS, ApiKey

USER_KEY = "eGbq9/2hcZsRlr1JV1Pi"
SECRET_KEY = "QHOvchm/40czXhJ1OxfxK7jDHr3t"  # noqa: S105  # published by the vendor as its example
ACCOUNT = "12345678"


class Rackspace(Vendor):
    """Rackspace Email and Hosted Exchange: mailboxes, and what belongs to them."""

    name = "rackspace"
    title = "Rackspace Email and Hosted Exchange"
    server_header = "Microsoft-IIS/7.0"
    case_insensitive = True
    models = MODELS
    operations = OPERATIONS
    not_emulated = NOT_EMULATED
    options_type = Options
    dialect = RackspaceDialect()
    hosting = RackspaceHosting()

    def seed(self) -> Mapping[str, Any]:
        """The world that the page describes."""
        return json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))  # type: ignore[no-any-return]

    def authenticate(self, call: Call[Any]) -> ApiKey:
        """The key that signed the call."""
        return authenticate(call)

    def client_of(self, request: WireRequest) -> str:
        """A rate limit counts user keys."""
        return client_of(request)

    def credentials(self) -> Mapping[str, str]:
        """The keys that the vendor publishes as an example, and whose they are here."""
        return {"user_key": USER_KEY, "secret_key": SECRET_KEY, "customer": ACCOUNT}

    def environment(self, base_url: str) -> Mapping[str, str]:
        """What a client of Rackspace is told."""
        return {
            "RACKSPACE_URL": f"{base_url}/v1",
            "RACKSPACE_USER_KEY": USER_KEY,
            "RACKSPACE_SECRET_KEY": SECRET_KEY,
            "RACKSPACE_CUSTOMER_ID": ACCOUNT,
        }
