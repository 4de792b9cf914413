"""ONLYOFFICE DocSpace, as the core knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from math import ceil
from typing import Any

from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.vendor import Call, Vendor
from mockmail.vendors.onlyoffice import cors
from mockmail.vendors.onlyoffice.attempts import Bound, seconds_blocked
from mockmail.vendors.onlyoffice.authentication import Caller, authenticate
from mockmail.vendors.onlyoffice.cookies import session_cookie
from mockmail.vendors.onlyoffice.dialect import OnlyofficeDialect
from mockmail.vendors.onlyoffice.errors import access_denied, not_in_plan
from mockmail.vendors.onlyoffice.operations import NOT_EMULATED, OPERATIONS, SETTINGS_RIGHT
from mockmail.vendors.onlyoffice.options import OnlyofficeOptions
from mockmail.vendors.onlyoffice.records import MODELS

TESTS = Bound(tries=5, window=900.0)
"""How many test mails a user may ask for, where that is limited (docs/wire/onlyoffice.md 5)."""

TOKEN = "864FE52C-1C1C-469F-9308-51DAFEFE7436"  # noqa: S105  # the page's example
EMAIL = "owner@example.com"
PASSWORD = "owner-password"  # noqa: S105  # of the default seed, for everybody to know


class Onlyoffice(Vendor):
    """ONLYOFFICE DocSpace 3.5 and later, and on request as 2.x was."""

    name = "onlyoffice"
    title = "ONLYOFFICE DocSpace"
    server_header = "nginx"
    case_insensitive = True
    operations = OPERATIONS
    not_emulated = NOT_EMULATED
    models = MODELS
    options_type = OnlyofficeOptions
    dialect = OnlyofficeDialect()

    def seed(self) -> Mapping[str, Any]:
        """A portal with an owner, who has the page's token, and a user of each other kind."""
        return json.loads(files(__package__).joinpath("seed.json").read_text("utf-8"))  # type: ignore[no-any-return]

    def authenticate(self, call: Call[Any]) -> Caller | None:
        """Who is calling; and, where that is limited, whether for a test mail too many."""
        if call.request.method == "HEAD":
            raise Problem(405, "HEAD is no method of this API", {"Allow": _methods_of(call.operation.path)})
        caller = authenticate(call)
        if call.options.limit_smtp_tests and call.operation.name == "smtp.test" and caller is not None:
            wait = seconds_blocked(call.world, f"smtp.test {caller.user.id}", TESTS)
            if wait:
                raise Problem(429, "Too many requests. Please try again later", _limit_headers(wait))
        return caller

    def authorize(self, call: Call[Any], params: Any) -> None:
        """Whether the caller has the operation's right, and the portal its section."""
        if call.operation.requires != SETTINGS_RIGHT:
            return
        if not call.caller.user.is_admin:
            raise access_denied(call.options)
        if call.options.hide_smtp_settings:
            raise not_in_plan(call.options)

    def credentials(self) -> Mapping[str, str]:
        """The owner's."""
        return {"token": TOKEN, "email": EMAIL, "password": PASSWORD}

    def environment(self, base_url: str) -> Mapping[str, str]:
        """What a client of DocSpace is told."""
        return {
            "ONLYOFFICE_URL": base_url,
            "ONLYOFFICE_TOKEN": TOKEN,
            "ONLYOFFICE_EMAIL": EMAIL,
            "ONLYOFFICE_PASSWORD": PASSWORD,
        }

    def client_of(self, request: WireRequest) -> str:
        """Whoever holds these credentials, else the address."""
        return request.headers.get("Authorization") or session_cookie(request) or request.peer

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """What a browser asks before it calls from another origin."""
        return cors.preflight(request)


def _methods_of(path: str) -> str:
    return ", ".join(sorted(method for one in OPERATIONS if one.path == path for method in one.methods))


def _limit_headers(wait: float) -> dict[str, str]:
    seconds = str(max(1, ceil(wait)))
    return {"Retry-After": seconds, "X-RateLimit-Limit": str(TESTS.tries), "X-RateLimit-Remaining": "0"}
