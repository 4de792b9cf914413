"""`/_mockmail/clock`: a sandbox's time, like `MockMail.clock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mockmail.control.route import ControlRequest, ControlResponse, Fields, NoFields, route
from mockmail.core.clock import FIRST_YEAR, LAST_YEAR, Clock
from mockmail.core.errors import InvalidValue

if TYPE_CHECKING:
    from mockmail.core.world import World

Timestamp = Annotated[datetime, Meta(tz=True, description="a timestamp with a time zone, such as 2026-01-31T12:00:00Z")]


class FreezeAt(Fields, frozen=True, kw_only=True):
    """When to freeze the clock; now, if left out."""

    at: Timestamp | None = None


class SetTo(Fields, frozen=True, kw_only=True):
    """The new time."""

    at: Timestamp


class AdvanceBy(Fields, frozen=True, kw_only=True):
    """The distance to move the clock."""

    seconds: Annotated[float, Meta(description="the seconds to move forward or, if negative, back")]


class ClockState(Fields, frozen=True, kw_only=True):
    """The time in the sandbox, and whether the clock is frozen."""

    now: datetime
    frozen: bool


_RESPONSES = {200: "The new time.", 400: "The time is out of range."}


@route("GET", "clock", responses={200: "The time, and whether the clock is frozen."}, returns=ClockState)
async def show_clock(request: ControlRequest) -> ControlResponse:
    """Show the time, and whether the clock is frozen."""
    return _show(request.world.clock)


@route(
    "POST",
    "clock/freeze",
    body=FreezeAt,
    responses=_RESPONSES,
    returns=ClockState,
    example={"at": "2026-01-31T12:00:00Z"},
)
async def freeze_clock(request: ControlRequest) -> ControlResponse:
    """Freeze the clock, now or at a given time."""
    body: FreezeAt = request.body
    return _change(request, lambda clock: clock.freeze(body.at))


@route(
    "POST", "clock/set", body=SetTo, responses=_RESPONSES, returns=ClockState, example={"at": "2026-01-31T12:00:00Z"}
)
async def set_clock(request: ControlRequest) -> ControlResponse:
    """Set the clock; a running clock continues from there."""
    body: SetTo = request.body
    return _change(request, lambda clock: clock.set(body.at))


@route("POST", "clock/advance", body=AdvanceBy, responses=_RESPONSES, returns=ClockState, example={"seconds": 3600})
async def advance_clock(request: ControlRequest) -> ControlResponse:
    """Move the clock by a number of seconds."""
    body: AdvanceBy = request.body
    return _change(request, lambda clock: clock.advance(body.seconds))


@route("POST", "clock/resume", body=NoFields, responses={200: "The new time."}, returns=ClockState)
async def resume_clock(request: ControlRequest) -> ControlResponse:
    """Let a frozen clock run again."""
    return _change(request, Clock.resume)


def change_clock(world: World, change: Callable[[Clock], None]) -> None:
    """Change the time of a World, in its file too. Raise InvalidValue, and change nothing, for a time out of range."""
    clock, trial = world.clock, Clock()
    before = clock.to_document()
    try:
        trial.restore(before)
        change(trial)
        clock.restore(trial.to_document())
    except (OverflowError, ValueError) as error:
        raise InvalidValue(f"the clock must stay between the years {FIRST_YEAR} and {LAST_YEAR}") from error
    try:
        with world.store.transaction():  # writes the clock to the data folder too
            pass
    except BaseException:
        clock.restore(before)
        raise


def _change(request: ControlRequest, change: Callable[[Clock], None]) -> ControlResponse:
    change_clock(request.world, change)
    return _show(request.world.clock)


def _show(clock: Clock) -> ControlResponse:
    return ControlResponse(ClockState.of(clock, now=clock.now()))


ROUTES = (show_clock, freeze_clock, set_clock, advance_clock, resume_clock)
