"""Send a vendor's messages: decide what becomes of each recipient, hand over what arrives, and keep what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.mail.outgoing import Continue, Outcome, Outgoing, Send
from mockmail.core.senders.lifecycle import events_of, new_event, record, suppression_for
from mockmail.core.senders.outcomes import RecipientOutcome, outcome_of
from mockmail.core.senders.records import Recipient, SenderEvent, SentMessage
from mockmail.core.state.records import read_timestamp

if TYPE_CHECKING:
    from mockmail.core.vendor import Call, Vendor
    from mockmail.core.world import World

T = TypeVar("T")

KEPT_AT_ONCE = 50
"""The messages that are only kept, as scheduled ones are, before the event loop does other work."""

KEPT_BYTES = 1 << 20
"""The bytes of such messages after which it does other work, too."""

Outcomes = Sequence[tuple[Recipient, RecipientOutcome]]


@dataclass(slots=True, kw_only=True)
class Submission:
    """A message to send.

    message: not stored yet, its recipients accepted. raw: in CRLF lines, with its headers.
    failure: what becomes of it at every recipient, if the vendor accepts it and then gives up (an outcome `failed`).
    """

    message: SentMessage
    raw: bytes
    failure: RecipientOutcome | None = None


def submit(call: Call[Any, Any], submissions: Sequence[Submission], result: T) -> Send | Continue | T:
    """Send messages in order, then respond with `result`. A handler returns what this returns.

    A message with a time to come is kept until then. A message that reaches no inbox, because it is a test or all
    recipients bounce or are suppressed, is kept with its raw text.
    """
    kept = 0
    for number, submission in enumerate(submissions):
        if number == KEPT_AT_ONCE or kept > KEPT_BYTES:
            return Continue(then=partial(submit, call, submissions[number:], result))
        outgoing, finish = _prepare(call.world, call.vendor, submission)
        if outgoing is None:
            finish(Outcome())
            kept += len(submission.raw)
        else:
            rest = submissions[number + 1 :]

            def then(outcome: Outcome, finish: Any = finish, rest: Sequence[Submission] = rest) -> Send | Continue | T:
                finish(outcome)
                return submit(call, rest, result)

            return Send(message=outgoing, then=then)
    return result


def cancel(world: World, vendor: Vendor, message: SentMessage) -> SentMessage:
    """Cancel a scheduled message and return it as it is then. Call it in a transaction."""
    return record(world, vendor, message, [new_event(world, message, "cancelled")])


def reschedule(world: World, vendor: Vendor, message: SentMessage, at: datetime) -> SentMessage:
    """Change the time of a scheduled message and return it as it is then. Call it in a transaction."""
    world.schedule.changed(at)
    return world.store.records(vendor.name, SentMessage).put(message.replace(scheduled_at=at.isoformat()))


def next_due(world: World) -> datetime | None:
    """Return when the next scheduled message of a World is due; None without one."""
    times = [
        read_timestamp(message.scheduled_at)
        for vendor in _senders(world)
        for message in world.store.records(vendor.name, SentMessage).find("scheduled", True)
        if message.scheduled_at is not None
    ]
    return min(times, default=None)


def send_due(world: World, most: int | None = None) -> int:
    """Send the scheduled messages whose time has come by the World's clock, and return how many were sent.

    most: how many to send at most; None for all. Raise LimitReached when the inbox is full; the messages that are left
    stay scheduled.
    """
    now, sent = world.clock.now(), 0
    for vendor in _senders(world):
        scheduled = world.store.records(vendor.name, SentMessage).find("scheduled", True)
        due = sorted((each for each in scheduled if each.is_due(now)), key=lambda each: each.scheduled_at or "")
        for message in due[: None if most is None else most - sent]:
            with world.transaction():
                _send_scheduled(world, vendor, message)
            sent += 1
    return sent


def find_sent(world: World, message_id: str) -> tuple[Vendor, SentMessage] | None:
    """Return the sent message with an id of the inbox or of its vendor, and the vendor; None without one."""
    for vendor in _senders(world):
        messages = world.store.records(vendor.name, SentMessage)
        found = messages.first("inbox", message_id) or messages.get(message_id) or messages.first("request", message_id)
        if found is not None:
            return vendor, found
    return None


def raw_of(world: World, message: SentMessage) -> bytes:
    """Return the MIME text of a sent message; empty if it was removed from the inbox."""
    if message.inbox is None:
        return message.raw.encode("latin-1")
    found = world.mail.get(message.inbox)
    return b"" if found is None else found.raw


def content_of(world: World, message: SentMessage) -> Message:
    """Return a sent message, parsed, to read its bodies, headers and attachments from."""
    envelope = Envelope(sender=message.envelope_sender, recipients=tuple(each.address for each in message.recipients))
    return Message(
        id=message.inbox or "",
        cursor=0,
        received_at=read_timestamp(message.at),
        raw=raw_of(world, message),
        envelope=envelope,
        sent_by=SentBy(client="api"),
    )


def _prepare(
    world: World, vendor: Vendor, submission: Submission
) -> tuple[Outgoing | None, Callable[[Outcome], object]]:
    """Return what to hand over, if anything, and the function that records the rest, to be called in a transaction."""
    message, raw = submission.message, submission.raw
    due = None if message.scheduled_at is None else read_timestamp(message.scheduled_at)
    is_early = due is not None and due > world.clock.now()
    events = [] if is_early and vendor.sender.accepts_when_due else _accepted(world, vendor, message)
    if due is not None and is_early:
        events.append(new_event(world, message, "scheduled"))

        def schedule(_: Outcome) -> None:
            record(world, vendor, _keeping(message, raw), events)
            world.schedule.changed(due)

        return None, schedule
    if submission.failure is not None:
        outcomes: Outcomes = [(recipient, submission.failure) for recipient in message.recipients]
    else:
        outcomes = _decide(world, vendor, message)
    outgoing = _outgoing(message, raw, outcomes)

    def finish(outcome: Outcome) -> None:
        _finish(world, vendor, _held(submission, outcome.message), outcomes, events)

    return outgoing, finish


def _accepted(world: World, vendor: Vendor, message: SentMessage) -> list[SenderEvent]:
    """Return the events `accepted`; none if the vendor keeps none: recipients have that state from the start."""
    if "accepted" not in vendor.sender.kinds:
        return []
    recipients = [each.address for each in message.recipients] if vendor.sender.accepts_each else [""]
    return [new_event(world, message, "accepted", recipient) for recipient in recipients]


def _decide(world: World, vendor: Vendor, message: SentMessage) -> Outcomes:
    outcomes = []
    for recipient in message.recipients:
        suppression = suppression_for(world, vendor, message, recipient.address)
        if suppression is not None:
            outcomes.append((recipient, vendor.sender.suppressed(suppression)))
        else:
            outcomes.append((recipient, outcome_of(world, vendor.name, recipient.address, vendor.sender.simulators)))
    return outcomes


def _outgoing(message: SentMessage, raw: bytes, outcomes: Outcomes) -> Outgoing | None:
    if message.is_test:
        return None
    reached = tuple(dict.fromkeys(recipient.address for recipient, outcome in outcomes if outcome.is_arriving))
    return Outgoing(sender=message.envelope_sender, recipients=reached, raw=raw) if reached else None


def _finish(
    world: World, vendor: Vendor, message: SentMessage, outcomes: Outcomes, events: Sequence[SenderEvent]
) -> None:
    happened = [*events]
    for recipient, outcome in outcomes:
        happened += events_of(world, message, recipient.address, outcome)
    never = [recipient.address for recipient, outcome in outcomes if not outcome.suppresses]
    record(world, vendor, message, happened, never_suppressed=never)


def _held(submission: Submission, inbox: str | None) -> SentMessage:
    """Return the message with the id in the inbox or, if it is not there, with its raw text."""
    if inbox is None:
        return _keeping(submission.message, submission.raw)
    return submission.message.replace(inbox=inbox, raw="")


def _keeping(message: SentMessage, raw: bytes) -> SentMessage:
    return message.replace(raw=raw.decode("latin-1"))


def _send_scheduled(world: World, vendor: Vendor, message: SentMessage) -> None:
    submission = Submission(message=message, raw=message.raw.encode("latin-1"))
    outcomes = _decide(world, vendor, message)
    outgoing, inbox = _outgoing(message, submission.raw, outcomes), None
    if outgoing is not None:
        envelope = Envelope(sender=outgoing.sender, recipients=outgoing.recipients)
        sent_by = SentBy(client="api", vendor=vendor.name, operation=message.operation)
        inbox = world.receive(outgoing.raw, envelope, sent_by).id
    events = _accepted(world, vendor, message) if vendor.sender.accepts_when_due else []
    _finish(world, vendor, _held(submission, inbox), outcomes, events)


def _senders(world: World) -> list[Vendor]:
    return [vendor for vendor in world.vendors if vendor.sends and vendor.name in world.seeded_vendors]
