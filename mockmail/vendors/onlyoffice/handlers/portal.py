"""`/api/2.0/settings`: what a client must know of a portal before it logs in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from mockmail.core.vendor import Call
from mockmail.vendors.onlyoffice.authentication import Caller
from mockmail.vendors.onlyoffice.handlers.authentication import HASH_BITS, HASH_ITERATIONS
from mockmail.vendors.onlyoffice.options import Options

BASE_DOMAINS = {"cloud": "onlyoffice.com", "standalone": "localhost"}


def show(call: Call[Caller | None, Options], params: None) -> dict[str, Any]:
    """The kind of portal; and, for whoever is not logged in or asks `?withpassword=true`, how passwords are hashed."""
    document: dict[str, Any] = {
        "culture": "en-US",
        "docSpace": True,
        "standalone": call.options.standalone,
        "baseDomain": BASE_DOMAINS[call.options.profile],
    }
    if call.caller is None or _wants_password(call.request.query):
        salt = call.options.password_salt
        document["passwordHash"] = {"size": HASH_BITS, "iterations": HASH_ITERATIONS, "salt": salt}
    document["cookieSettingsEnabled"] = False
    document["deepLink"] = {"androidPackageName": "", "url": "", "iosPackageId": ""}
    return document


def _wants_password(query: str) -> bool:
    given = parse_qs(query.lower()[:1000], errors="replace").get("withpassword", [""])
    return given[0] == "true"
