"""atmail, as the core knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Vendor
from mockmail.vendors.atmail.authentication import authenticate
from mockmail.vendors.atmail.dialect import AtmailDialect
from mockmail.vendors.atmail.records import MODELS, AdminUser
from mockmail.vendors.atmail.rules import domains


class Atmail(Vendor):
    """atmail mail server 1.0: admin users, accounts, aliases and domains."""

    name = "atmail"
    title = "atmail mail server"
    server_header = "Apache"
    models = MODELS
    dialect = AtmailDialect()
    operations = (
        Operation(
            name="domain.check",
            methods=("GET", "POST"),
            path="/admin/index.php/api/domain/check",
            handler=domains.check,
            params=domains.DomainName,
            source='documentation/atmail.txt, "CHECK DOMAIN EXISTS"',
        ),
    )

    def seed(self) -> Mapping[str, Any]:
        """The world that the page describes."""
        return json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))  # type: ignore[no-any-return]

    def authenticate(self, call: Call[Any]) -> AdminUser:
        """The admin user whose credentials come with the call."""
        return authenticate(call)

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
