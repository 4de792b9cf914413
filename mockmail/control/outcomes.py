"""`/_mockmail/outcomes`: the outcomes of vendors' mail to a recipient; and later events of a sent message."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

from mockmail.control.faults import remove_rule
from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.errors import InvalidFault, Problem, is_mistake
from mockmail.core.registry import Registry
from mockmail.core.rules import MOST_CALLS
from mockmail.core.senders.lifecycle import add_event
from mockmail.core.senders.outcomes import ARRANGED, LATER, ArrangedOutcome, check_outcome
from mockmail.core.senders.records import SenderEvent, SentMessage
from mockmail.core.senders.sending import find_sent
from mockmail.core.vendor import Vendor
from mockmail.core.world import World

__tracebackhide__ = is_mistake

Kind = Annotated[str, Meta(extra_json_schema={"enum": list(ARRANGED)})]
LaterKind = Annotated[str, Meta(extra_json_schema={"enum": list(LATER)})]
Code = Annotated[int | None, Meta(description="the code of the SMTP reply, such as 550")]
Status = Annotated[str, Meta(description="the enhanced status code, such as `5.1.1`")]
Reason = Annotated[str, Meta(description="the text of the SMTP reply")]
Hard = Annotated[bool, Meta(description="whether a bounce is permanent")]


class NewOutcome(Fields, frozen=True, kw_only=True):
    """The outcome of the mail that vendors send to a recipient from now on."""

    recipient: Annotated[str, Meta(description="an address, or a pattern such as `*@example.org`")]
    kind: Annotated[Kind, Meta(description=f"one of {', '.join(ARRANGED)}")]
    vendor: Annotated[str | None, Meta(description="a vendor's name; null for every vendor")] = None
    hard: Hard = True
    code: Code = None
    status: Status = ""
    reason: Reason = ""
    times: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_CALLS)] | None, Meta(description="for how many messages; null for all")
    ] = None
    after: Annotated[int, Meta(ge=0, le=MOST_CALLS, description="how many messages have another outcome first")] = 0
    probability: Annotated[
        float, Meta(gt=0, le=1, description="how likely each of these messages has the outcome; seeded")
    ] = 1.0


class OutcomeState(NewOutcome, frozen=True, kw_only=True):
    """An outcome, and how many messages had it."""

    id: int
    used: int


class OutcomeList(Fields, frozen=True, kw_only=True):
    """The outcomes of the sandbox."""

    outcomes: list[OutcomeState]


class NewEvent(Fields, frozen=True, kw_only=True):
    """An event of a message that was sent."""

    kind: Annotated[LaterKind, Meta(description=f"one of {', '.join(LATER)}")]
    recipient: Annotated[str | None, Meta(description="the recipient's address; null for the first one")] = None
    hard: Hard = True
    code: Code = None
    status: Status = ""
    reason: Reason = ""
    details: Annotated[
        dict[str, str], Meta(max_length=20, description="an object, such as `url`, `ip` and `user_agent` of a click")
    ] = field(default_factory=dict)


class EventState(Fields, frozen=True, kw_only=True):
    """An event of a message. message: the vendor's id of the message."""

    id: str
    vendor: str
    message: str
    kind: str
    recipient: str
    at: datetime
    reason: str


@route("GET", "outcomes", returns=OutcomeList)
async def list_outcomes(request: ControlRequest) -> ControlResponse:
    """List the outcomes that a test arranged, with how many messages had each."""
    return ControlResponse(OutcomeList(outcomes=[OutcomeState.of(rule) for rule in request.world.outcomes]))


@route(
    "POST",
    "outcomes",
    body=NewOutcome,
    responses={201: "The outcome.", 400: "No recipient could have this outcome; `error` says why."},
    returns=OutcomeState,
    example={"recipient": "jane@example.com", "kind": "bounced", "hard": True},
)
async def add_outcome(request: ControlRequest) -> ControlResponse:
    """Arrange the outcome of vendors' mail to a recipient."""
    rule = request.world.outcomes.add(make_outcome(request.vendors, request.body))
    return ControlResponse(OutcomeState.of(rule), status=201)


@route("DELETE", "outcomes", returns=Removed)
async def clear_outcomes(request: ControlRequest) -> ControlResponse:
    """Remove all outcomes."""
    return ControlResponse(Removed(removed=request.world.outcomes.clear()))


@route("DELETE", "outcomes/{id}", responses={200: "Done.", 404: "There is no such outcome."}, returns=Removed)
async def remove_outcome(request: ControlRequest) -> ControlResponse:
    """Remove one outcome."""
    return remove_rule(request, request.world.outcomes, "outcome")


@route(
    "POST",
    "messages/{id}/events",
    body=NewEvent,
    responses={
        201: "The event.",
        400: "The message could have no such event; `error` says why.",
        404: "No vendor that keeps what it sends has sent such a message.",
    },
    returns=EventState,
    example={"kind": "opened"},
)
async def add_message_event(request: ControlRequest) -> ControlResponse:
    """Add an event to a message that a vendor sent: for example, the recipient opens it or complains."""
    return ControlResponse(make_event(request.world, request.path["id"], request.body), status=201)


def make_outcome(vendors: Registry, given: NewOutcome) -> ArrangedOutcome:
    """Return the outcome that is described. Raise UnknownName or InvalidFault for one that no recipient could have."""
    fields: dict[str, Any] = msgspec.structs.asdict(given)
    rule = ArrangedOutcome(**fields)
    if rule.vendor is not None and not vendors.named(rule.vendor).sends:
        names = ", ".join(vendor.name for vendor in vendors if vendor.sends) or "none"
        raise InvalidFault(f"vendor must be one that keeps what it sends ({names}), not {rule.vendor!r}")
    check_outcome(rule)
    return rule


def make_event(world: World, message_id: str, given: NewEvent) -> EventState:
    """Add an event to a sent message. Raise Problem (404), InvalidFault."""
    found = find_sent(world, message_id)
    if found is None:
        raise Problem(
            404,
            f"no vendor that keeps what it sends has sent a message {message_id[:80]!r} in the sandbox {world.name!r}",
        )
    vendor, message = found
    outcome = ArrangedOutcome(
        recipient="*",
        kind=given.kind,  # type: ignore[arg-type]  # checked below
        hard=given.hard,
        code=given.code,
        status=given.status,
        reason=given.reason,
    )
    check_outcome(outcome)
    recipient = _recipient(message, given.recipient)
    with world.transaction():
        event = add_event(
            world, vendor, message, outcome.kind, recipient, outcome=outcome.outcome, details=dict(given.details)
        )
    return _describe(vendor, event)


def _recipient(message: SentMessage, wanted: str | None) -> str:
    addresses = [recipient.address for recipient in message.recipients]
    found = addresses[0] if wanted is None else next((each for each in addresses if each.lower() == wanted.lower()), "")
    if not found:
        raise InvalidFault(f"recipient must be one of the message's ({', '.join(addresses):.200}), not {wanted!r:.80}")
    return found


def _describe(vendor: Vendor, event: SenderEvent) -> EventState:
    return EventState(
        id=event.id,
        vendor=vendor.name,
        message=event.message,
        kind=event.kind,
        recipient=event.recipient,
        at=datetime.fromisoformat(event.at),
        reason=event.reason,
    )


ROUTES = (list_outcomes, add_outcome, clear_outcomes, remove_outcome)
