"""`/_mockmail/limits`: rate limits, over which the vendor answers "too many requests"."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from mockmail.control.faults import remove_rule
from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.errors import is_mistake
from mockmail.core.limits import LONGEST_WINDOW, SHORTEST_WINDOW, Limit, check_limit
from mockmail.core.registry import Registry

__tracebackhide__ = is_mistake


class RateLimit(Fields, frozen=True, kw_only=True):
    """A rate limit for each client."""

    vendor: Annotated[str, Meta(description="a vendor's name")]
    operation: Annotated[str, Meta(description="an operation's name, or a pattern such as `mailbox.*`")] = "*"
    calls: Annotated[int, Meta(ge=0, description="how many calls each client has in a window")]
    window: Annotated[float, Meta(ge=SHORTEST_WINDOW, le=LONGEST_WINDOW, description="the seconds of a window")] = 60.0
    methods: Annotated[tuple[str, ...], Meta(description="the HTTP methods that count; empty for all")] = ()


class LimitState(RateLimit, frozen=True, kw_only=True):
    """A rate limit and its id."""

    id: int


class LimitList(Fields, frozen=True, kw_only=True):
    """The rate limits of the sandbox."""

    limits: list[LimitState]


@route("GET", "limits", returns=LimitList)
async def list_limits(request: ControlRequest) -> ControlResponse:
    """List every rate limit."""
    return ControlResponse(LimitList(limits=[LimitState.of(limit) for limit in request.world.limits]))


@route(
    "POST",
    "limits",
    body=RateLimit,
    responses={201: "The limit.", 400: "No call could meet this limit; `error` says why."},
    returns=LimitState,
    example={"vendor": "{vendor}", "calls": 10, "window": 60},
)
async def add_limit(request: ControlRequest) -> ControlResponse:
    """Add a rate limit; refuse one that no call could meet."""
    limit = request.world.limits.add(make_limit(request.vendors, request.body))
    return ControlResponse(LimitState.of(limit), status=201)


@route("DELETE", "limits", returns=Removed)
async def clear_limits(request: ControlRequest) -> ControlResponse:
    """Remove all rate limits."""
    return ControlResponse(Removed(removed=request.world.limits.clear()))


@route("DELETE", "limits/{id}", responses={200: "Done.", 404: "There is no such limit."}, returns=Removed)
async def remove_limit(request: ControlRequest) -> ControlResponse:
    """Remove one rate limit."""
    return remove_rule(request, request.world.limits, "limit")


def make_limit(vendors: Registry, given: RateLimit) -> Limit:
    """Return the rate limit that is described. Raise UnknownName or InvalidValue for one that no call could meet."""
    methods = tuple(method.upper() for method in given.methods)
    limit = Limit(**msgspec.structs.asdict(given) | {"methods": methods})
    check_limit(vendors, limit)
    return limit


ROUTES = (list_limits, add_limit, clear_limits, remove_limit)
