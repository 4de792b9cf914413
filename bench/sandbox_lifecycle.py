"""A load that makes, fills, resets, empties, copies and removes sandboxes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from bench.calls import Adaxes, Atmail, Request
from bench.load import Client, Load

NAMES = ("life0", "life1", "life2", "life3")
MOST = 6
"""The most accounts, and the most messages, of a sandbox."""


@dataclass(frozen=True)
class Content:
    """The content of a sandbox: the names of its accounts, and the subjects of its messages in order."""

    accounts: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()


EMPTY = Content()


class Boxes(Load):
    """Makes one change at a time to its sandboxes. After a kill, each is as before or as after the last change.

    One that the thing was the first use of may be there with nothing in it.
    """

    def __init__(self, seed: str) -> None:
        super().__init__("sandboxes", seed)
        self.known: dict[str, Content | None] = dict.fromkeys(NAMES)
        self.under_way: tuple[str, Content | None] | None = None
        self._count = 0
        self._atmail = Atmail()
        self._adaxes = Adaxes()

    async def step(self, client: Client) -> None:
        """Make one change."""
        name = self.random.choice(NAMES)
        content = self.known[name]
        self._count += 1
        things = [self._account, self._mail]
        if content is not None:
            things += [
                self._account,
                self._mail,
                self._remove,
                self._reset,
                self._reset_vendor,
                self._clear,
                self._copy,
            ]
            things += [self._account_gone] if content.accounts else []
        await self.random.choice(things)(client, name, content or EMPTY)

    async def _do(self, client: Client, name: str, request: Request, after: Content | None) -> None:
        self.under_way = name, after
        await self.demand(client, request)
        self.known[name], self.under_way = after, None
        self.acknowledged += 1

    async def _account(self, client: Client, name: str, content: Content) -> None:
        if len(content.accounts) < MOST:
            account = f"kill{self._count}"
            request = self._atmail.create(account, "Jane").within(name)
            await self._do(client, name, request, replace(content, accounts=content.accounts | {account}))

    async def _account_gone(self, client: Client, name: str, content: Content) -> None:
        account = self.random.choice(sorted(content.accounts))
        request = self._atmail.delete(account).within(name)
        await self._do(client, name, request, replace(content, accounts=content.accounts - {account}))

    async def _mail(self, client: Client, name: str, content: Content) -> None:
        if len(content.subjects) < MOST:
            subject = f"token{self._count}"
            request = self._adaxes.mail(subject).within(name)
            await self._do(client, name, request, replace(content, subjects=(*content.subjects, subject)))

    async def _remove(self, client: Client, name: str, _: Content) -> None:
        await self._do(client, name, Request("DELETE", f"/_mockmail/sandboxes/{name}", good=(204,)), None)

    async def _reset(self, client: Client, name: str, _: Content) -> None:
        await self._do(client, name, _control("POST", "reset", name, b"{}"), EMPTY)

    async def _reset_vendor(self, client: Client, name: str, content: Content) -> None:
        request = _control("POST", "reset", name, b'{"vendor": "atmail"}')
        await self._do(client, name, request, replace(content, accounts=frozenset()))

    async def _clear(self, client: Client, name: str, content: Content) -> None:
        await self._do(client, name, _control("DELETE", "messages", name), replace(content, subjects=()))

    async def _copy(self, client: Client, name: str, content: Content) -> None:
        state = await self.demand(client, _control("GET", "state", name))
        other = self.random.choice(NAMES)
        await self._do(client, other, _control("PUT", "state", other, state), content)

    async def check(self, client: Client) -> list[str]:
        """Return a line for each sandbox that is not as it was acknowledged."""
        wrong = []
        _, body = await client.look("sandboxes")
        there = {sandbox["name"] for sandbox in json.loads(body)["sandboxes"]}
        for name, before in self.known.items():
            found = await self._content(client, name) if name in there else None
            allowed = {before}
            if self.under_way is not None and self.under_way[0] == name:
                allowed |= {self.under_way[1], *([EMPTY] if before is None else [])}
            if found not in allowed:
                wrong.append(f"the sandbox {name} is {found}, and {allowed} was acknowledged or under way")
            self.known[name] = found
        self.under_way = None
        return wrong

    async def _content(self, client: Client, name: str) -> Content:
        state = json.loads(await self.demand(client, _control("GET", "state", name)))
        accounts = [
            account["username"].partition("@")[0] for account in state["vendors"].get("atmail", {}).get("accounts", ())
        ]
        _, body = await client.look("messages", name)
        subjects = tuple(message["subject"] for message in json.loads(body)["messages"][::-1])
        return Content(frozenset(name for name in accounts if name.startswith("kill")), subjects)


def _control(method: str, path: str, sandbox: str, body: bytes = b"") -> Request:
    return Request(method, f"/_mockmail/{path}", body, {"Content-Type": "application/json"}, (200, 204)).within(sandbox)
