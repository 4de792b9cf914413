"""A vendor in a folder of its own, as somebody might drop one in: it sends postcards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.mail.compose import Draft, Mailbox, compose
from mockmail.core.mail.outgoing import Later, Outcome, Outgoing, Relay, Security, Send, Stage
from mockmail.core.operation import Operation
from mockmail.core.state.records import Record
from mockmail.core.vendor import Call, Dialect, Vendor


class Postcard(Record, frozen=True, kw_only=True):
    """A postcard and what became of it."""

    table: ClassVar[str] = "postcards"

    number: int
    to: str
    state: str

    @property
    def key(self) -> str:
        return str(self.number)


class Undeliverable(VendorError):
    """The relay did not take it."""


def send(call: Call[None, Any], params: dict[str, Any]) -> Send:
    """Send a postcard through the relay that the request names, and wait for the outcome."""
    return _send(call, params, _new(call, params))


def post(call: Call[None, Any], params: dict[str, Any]) -> Later:
    """Send a postcard and do not wait."""
    card = _new(call, params)
    return Later(send=_send(call, params, card), result={"number": card.number, "state": card.state})


def show(call: Call[None, Any], params: dict[str, Any]) -> dict[str, Any]:
    """A postcard's state."""
    card = call.world.store.records("postcard", Postcard).get(call.path["number"])
    if card is None:
        raise Undeliverable("no such postcard")
    return card.to_document()


def crash(call: Call[None, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Write something, then fail as a bug would."""
    _new(call, {"to": "nobody@example.com"})
    raise ZeroDivisionError("a bug")


def _new(call: Call[None, Any], params: dict[str, Any]) -> Postcard:
    number = call.world.store.next_number("postcard", "postcards")
    return call.world.store.records("postcard", Postcard).add(Postcard(number=number, to=params["to"], state="new"))


def _send(call: Call[None, Any], params: dict[str, Any], card: Postcard) -> Send:
    cards = call.world.store.records("postcard", Postcard)
    draft = Draft(
        sender=Mailbox("post@example.com"), to=[Mailbox(params["to"])], subject="Wish you were here", text="!"
    )
    relay = params.get("relay")

    def progress(stage: Stage) -> None:
        cards.put(card.replace(state=stage.value))

    def then(outcome: Outcome) -> dict[str, Any]:
        if outcome.failure is not None:
            cards.put(card.replace(state="failed"))
            raise Undeliverable(f"{outcome.failure.stage.value}: {outcome.failure.code} {outcome.failure.text}")
        return cards.put(card.replace(state="sent")).to_document()

    return Send(
        message=Outgoing(sender="post@example.com", recipients=(params["to"],), raw=compose(call.world, draft)),
        relay=Relay(**{**relay, "security": Security(relay.get("security", "plain"))}) if relay else None,
        then=then,
        progress=progress,
    )


class PostcardDialect(Dialect[Any, Any]):
    """JSON, as plain as can be."""

    def decode(self, call: Call[Any, Any]) -> Any:
        return json.loads(call.request.body or b"{}")

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        return WireResponse(200, json.dumps(result).encode(), (("Content-Type", "application/json"),))

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        return WireResponse(422, json.dumps({"refused": str(error)}).encode())

    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: Any
    ) -> WireResponse:
        return WireResponse(problem.status, json.dumps({"problem": problem.detail}).encode()).with_headers(
            problem.headers
        )


def _operation(name: str, method: str, path: str, handler: Any) -> Operation:
    return Operation(name=name, methods=(method,), path=path, handler=handler, source="tests")


class PostcardVendor(Vendor):
    """The vendor."""

    name = "postcard"
    title = "Postcards"
    environment: ClassVar[Mapping[str, str]] = {"POSTCARD_URL": "{url}"}
    models = (Postcard,)
    dialect = PostcardDialect()
    operations = (
        _operation("postcard.send", "POST", "/postcards/send", send),
        _operation("postcard.post", "POST", "/postcards", post),
        _operation("postcard.show", "GET", "/postcards/{number}", show),
        _operation("postcard.crash", "POST", "/postcards/crash", crash),
    )

    def seed(self) -> Mapping[str, Any]:
        return {}

    def authenticate(self, call: Call[Any, Any]) -> None:
        return None


VENDOR = PostcardVendor()
