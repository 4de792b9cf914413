"""Postmark's authentication: the header X-Postmark-Server-Token (docs/wire/postmark.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.options import Options
from mockmail.vendors.postmark.records import Server

HEADER = "X-Postmark-Server-Token"
TEST_SERVER = Server(token="POSTMARK_API_TEST", id=0, name="test token")  # noqa: S106  # published by the vendor
"""With its token a message is validated, and neither sent nor kept."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The server whose token a call has."""

    server: Server

    def __str__(self) -> str:
        return self.server.name


PostmarkCall = Call[Caller, Options]


def authenticate(call: PostmarkCall) -> Caller:
    """Return the server that calls. Raises PostmarkError (401)."""
    token = call.request.headers.get(HEADER, "").strip().lower()
    server = TEST_SERVER if token == TEST_SERVER.key else call.records(Server).get(token)
    if server is None:
        reason = f"no server has the token in {HEADER}" if token else f"there is no header {HEADER}"
        raise PostmarkError("Request does not contain a valid Server token.", code=10, status=401).because(reason)
    return Caller(server)
