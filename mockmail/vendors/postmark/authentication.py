"""Postmark's authentication: a token of a server or of the account, each in its header (docs/wire/postmark.md 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockmail.core.vendor import Call
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.options import Options
from mockmail.vendors.postmark.records import Account, Server

SERVER_HEADER = "X-Postmark-Server-Token"
ACCOUNT_HEADER = "X-Postmark-Account-Token"
ACCOUNT = "the account token"
"""What operations on servers, domains and sender signatures require."""

TEST_SERVER = Server(token="POSTMARK_API_TEST", id=0, name="test token")  # noqa: S106  # published by the vendor
"""With its token a message is validated, and neither sent nor kept."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The server whose token a call has."""

    server: Server

    def __str__(self) -> str:
        return self.server.name


@dataclass(frozen=True, slots=True)
class AccountCaller:
    """The account whose token a call has."""

    account: Account

    def __str__(self) -> str:
        return "account"


PostmarkCall = Call[Caller, Options]
AccountCall = Call[AccountCaller, Options]


def authenticate(call: Call[Any, Options]) -> Caller | AccountCaller:
    """Return the server or the account that calls, as the operation requires. Raises PostmarkError (401)."""
    is_account = call.operation.requires == ACCOUNT
    header = ACCOUNT_HEADER if is_account else SERVER_HEADER
    token = call.request.headers.get(header, "").strip().lower()
    if is_account:
        account = call.records(Account).get(token)
        if account is not None:
            return AccountCaller(account)
    else:
        server = TEST_SERVER if token == TEST_SERVER.key else call.records(Server).get(token)
        if server is not None:
            return Caller(server)
    kind = "Account" if is_account else "Server"
    reason = f"no {kind.lower()} has the token in {header}" if token else f"there is no header {header}"
    raise PostmarkError(f"Request does not contain a valid {kind} token.", code=10, status=401).because(reason)
