"""`/_mockmail/clock`: a sandbox's time, in the words of `MockMail.clock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mockmail.control.route import ControlRequest, ControlResponse, Parameter, Route, checked_body
from mockmail.core.clock import FIRST_YEAR, LAST_YEAR, Clock
from mockmail.core.errors import Problem

_AT = Parameter(name="at", help="a moment with its time zone, such as 2026-01-31T12:00:00Z")
_SECONDS = Parameter(name="seconds", help="how far to move forward or, negative, back", kind="number")
_ANSWERS = {200: "The time it is then.", 400: "There is no such moment."}


async def show_clock(ask: ControlRequest) -> ControlResponse:
    """What time it is, and whether it stands still."""
    return ControlResponse(_told(ask.world.clock))


async def freeze_clock(ask: ControlRequest) -> ControlResponse:
    """Stop time, now or at a moment."""
    at = _moment(checked_body(ask.json(), (_AT,)))
    return _change(ask, lambda clock: clock.freeze(at))


async def set_clock(ask: ControlRequest) -> ControlResponse:
    """Move to a moment; a running clock runs on from there."""
    at = _moment(checked_body(ask.json(), (_AT,)))
    if at is None:
        raise Problem(400, f"at is missing: {_AT.help}")
    return _change(ask, lambda clock: clock.set(at))


async def advance_clock(ask: ControlRequest) -> ControlResponse:
    """Move by a number of seconds."""
    seconds = checked_body(ask.json(), (_SECONDS,))["seconds"]
    if seconds is None:
        raise Problem(400, f"seconds is missing: {_SECONDS.help}")
    return _change(ask, lambda clock: clock.advance(seconds))


async def resume_clock(ask: ControlRequest) -> ControlResponse:
    """Let a frozen clock run on from where it stands."""
    checked_body(ask.json(), ())
    return _change(ask, Clock.resume)


def _moment(body: dict[str, Any]) -> datetime | None:
    if body["at"] is None:
        return None
    try:
        at = datetime.fromisoformat(body["at"])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Problem(400, f"at must be {_AT.help}, not {body['at'][:80]!r}")
    return at


def _change(ask: ControlRequest, change: Callable[[Clock], None]) -> ControlResponse:
    """Change the sandbox's clock, and keep that where its state is kept: all of it or nothing."""
    clock, trial = ask.world.clock, Clock()
    before = clock.to_document()
    try:
        trial.restore(before)
        change(trial)
        clock.restore(trial.to_document())
    except (OverflowError, ValueError) as error:
        raise Problem(400, f"a clock is at a moment between the years {FIRST_YEAR} and {LAST_YEAR}") from error
    try:
        with ask.world.store.transaction():
            return ControlResponse(_told(clock))
    except BaseException:
        clock.restore(before)
        raise


def _told(clock: Clock) -> dict[str, Any]:
    return {"now": clock.now().isoformat(), "frozen": clock.frozen}


ROUTES = (
    Route(
        method="GET",
        path="clock",
        handler=show_clock,
        summary="What time it is in the sandbox.",
        answers={200: "The time, and whether it stands still."},
    ),
    Route(
        method="POST",
        path="clock/freeze",
        handler=freeze_clock,
        summary="Stop the sandbox's time, now or at a moment.",
        body=(_AT,),
        answers=_ANSWERS,
    ),
    Route(
        method="POST",
        path="clock/set",
        handler=set_clock,
        summary="Move the sandbox's time to a moment; if it runs, it runs on from there.",
        body=(_AT,),
        answers=_ANSWERS,
    ),
    Route(
        method="POST",
        path="clock/advance",
        handler=advance_clock,
        summary="Move the sandbox's time by a number of seconds.",
        body=(_SECONDS,),
        answers=_ANSWERS,
    ),
    Route(
        method="POST",
        path="clock/resume",
        handler=resume_clock,
        summary="Let the sandbox's time run on from where it stands.",
        answers={200: "The time it is then."},
    ),
)
