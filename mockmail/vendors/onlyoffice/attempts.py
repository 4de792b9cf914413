"""Counting what may be tried only so often: logins, and test mails."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.state.store import Records
from mockmail.core.world import World
from mockmail.vendors.onlyoffice.records import VENDOR, Attempts

MOST_COUNTED = 10_000
"""How many logins are watched at once; the one watched for longest is forgotten for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """So many tries in a window of seconds, then none for as long as `block` says."""

    tries: int
    window: float
    block: float = 0.0


def seconds_blocked(world: World, what: str, bound: Bound) -> float:
    """0 where a try may be made, which counts it; else the seconds until the next one may."""
    kept = _kept(world)
    now = world.clock.timestamp()
    found = kept.get(what) or Attempts(what=what)
    if found.blockedUntil > now:
        return found.blockedUntil - now
    recent = tuple(at for at in found.at if now - bound.window < at <= now)
    if len(recent) < bound.tries:
        _keep(kept, found.replace(at=(*recent, now), blockedUntil=0.0))
        return 0.0
    if bound.block:
        _keep(kept, Attempts(what=what, blockedUntil=now + bound.block))
        return bound.block
    return recent[0] + bound.window - now


def take_back(world: World, what: str) -> None:
    """Not count the last try, which succeeded."""
    kept = _kept(world)
    found = kept.get(what)
    if found is not None and len(found.at) > 1:
        kept.put(found.replace(at=found.at[:-1]))
    elif found is not None:
        kept.remove(what)


def _kept(world: World) -> Records[Attempts]:
    return world.store.records(VENDOR, Attempts)


def _keep(kept: Records[Attempts], attempts: Attempts) -> None:
    if attempts.key not in kept and len(kept) >= MOST_COUNTED:
        kept.remove(kept.page(0, 1)[0].key)
    kept.put(attempts)
