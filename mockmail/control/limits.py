"""`/_mockmail/limits`: rate limits, over which the vendor answers "too many requests"."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.limits import LONGEST_WINDOW, SHORTEST_WINDOW, Limit, check_limit


class RateLimit(Fields, frozen=True, kw_only=True):
    """A rate limit for each client."""

    vendor: Annotated[str, Meta(description="a vendor's name")]
    operation: Annotated[str, Meta(description="an operation's name, or a pattern such as `mailbox.*`")] = "*"
    calls: Annotated[int, Meta(ge=0, description="how many calls each client has in a window")]
    window: Annotated[float, Meta(ge=SHORTEST_WINDOW, le=LONGEST_WINDOW, description="the seconds of a window")] = 60.0
    methods: Annotated[tuple[str, ...], Meta(description="the HTTP methods that count; empty for all")] = ()


class LimitList(Fields, frozen=True, kw_only=True):
    """The rate limits of the sandbox."""

    limits: list[RateLimit]


@route("GET", "limits", returns=LimitList)
async def list_limits(request: ControlRequest) -> ControlResponse:
    """List every rate limit."""
    return ControlResponse(LimitList(limits=[RateLimit.of(limit) for limit in request.world.limits]))


@route(
    "POST",
    "limits",
    body=RateLimit,
    responses={201: "The limit.", 400: "No call could meet this limit; `error` says why."},
    returns=RateLimit,
    example={"vendor": "{vendor}", "calls": 10, "window": 60},
)
async def add_limit(request: ControlRequest) -> ControlResponse:
    """Add a rate limit; refuse one that no call could meet."""
    body: RateLimit = request.body
    values = msgspec.structs.asdict(body) | {"methods": tuple(method.upper() for method in body.methods)}
    limit = Limit(**values)
    check_limit(request.vendors, limit)
    request.world.limits.add(limit)
    return ControlResponse(RateLimit.of(limit), status=201)


@route("DELETE", "limits", returns=Removed)
async def clear_limits(request: ControlRequest) -> ControlResponse:
    """Remove all rate limits."""
    return ControlResponse(Removed(removed=request.world.limits.clear()))


ROUTES = (list_limits, add_limit, clear_limits)
