"""SpaceDog, as the core knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import Call, Vendor
from mockmail.vendors.spacedog import dialect
from mockmail.vendors.spacedog.access import Caller
from mockmail.vendors.spacedog.authentication import authenticate
from mockmail.vendors.spacedog.operations import NOT_EMULATED, OPERATIONS
from mockmail.vendors.spacedog.options import SpaceDogOptions
from mockmail.vendors.spacedog.records import MODELS


class SpaceDog(Vendor):
    """SpaceDog 0.41: mail, mail templates, and the settings, users and backends around them."""

    name = "spacedog"
    title = "SpaceDog"
    server_header = "Simple/5.1.6"
    models = MODELS
    options_type = SpaceDogOptions
    dialect = dialect.SpaceDogDialect()
    operations = OPERATIONS
    not_emulated = NOT_EMULATED

    def seed(self) -> Mapping[str, Any]:
        """A backend `test` with a superadmin, an admin and a user, and the root backend with a superdog."""
        return json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))  # type: ignore[no-any-return]

    def authenticate(self, call: Call[Any]) -> Caller:
        """Who calls, a guest perhaps."""
        return authenticate(call)

    def credentials(self) -> Mapping[str, str]:
        """The superadmin of the backend `test`."""
        return {"username": "test", "password": "hi test"}

    def environment(self, base_url: str) -> Mapping[str, str]:
        """What a client of SpaceDog is told."""
        return {"SPACEDOG_URL": base_url, "SPACEDOG_USERNAME": "test", "SPACEDOG_PASSWORD": "hi test"}

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """What a browser hears that asks whether it may call."""
        return dialect.preflight(request)
