"""The state of a Postmark account: its servers."""

from __future__ import annotations

from typing import ClassVar

from mockmail.core.state.records import Record


class Server(Record, frozen=True, kw_only=True):
    """A Postmark server. token: what its calls authenticate with. senderDomains: the domains of its senders."""

    table: ClassVar[str] = "servers"

    token: str
    id: int
    name: str
    senderDomains: tuple[str, ...] = ()  # noqa: N815  # fields have the names of the vendor's JSON

    @property
    def key(self) -> str:
        """The token in lower case."""
        return self.token.lower()
