"""Adaxes, as the core knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.core.vendor import Call, Vendor
from mockmail.vendors.adaxes import authentication
from mockmail.vendors.adaxes.dialect import AdaxesDialect
from mockmail.vendors.adaxes.operations import NOT_EMULATED, OPERATIONS
from mockmail.vendors.adaxes.options import AdaxesOptions
from mockmail.vendors.adaxes.records import MODELS, DirectoryObject


class Adaxes(Vendor):
    """Adaxes REST API: mail and SMS to directory objects, and what it takes to get there."""

    name = "adaxes"
    title = "Adaxes REST API"
    server_header = "Microsoft-IIS/10.0"
    case_insensitive = True
    models = MODELS
    options_type = AdaxesOptions
    dialect = AdaxesDialect()
    operations = OPERATIONS
    not_emulated = NOT_EMULATED

    def seed(self) -> Mapping[str, Any]:
        """The page's John Smith, an administrator, a static token and mail settings."""
        return json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))  # type: ignore[no-any-return]

    def authenticate(self, call: Call[Any]) -> DirectoryObject | None:
        """The account of the call's token."""
        return authentication.authenticate(call)

    def authorize(self, call: Call[Any], params: Any) -> None:
        """Whether the operation is switched on, and the account may perform it."""
        authentication.authorize(call)

    def client_of(self, request: WireRequest) -> str:
        """A rate limit counts tokens, and addresses where there is none."""
        return request.headers.get(authentication.HEADER, "").strip() or request.peer

    def credentials(self) -> Mapping[str, str]:
        """The page's token, and the administrator to get another with."""
        return {
            "token": "YOUR-SECURITY-TOKEN",
            "username": "administrator@example.com",
            "password": "Secret123!",
        }

    def environment(self, base_url: str) -> Mapping[str, str]:
        """What a client of Adaxes is told."""
        given = self.credentials()
        return {
            "ADAXES_BASE_URL": f"{base_url}/restApi",
            "ADAXES_TOKEN": given["token"],
            "ADAXES_USERNAME": given["username"],
            "ADAXES_PASSWORD": given["password"],
        }
