"""`/_mockmail/sandboxes`: which there are, and an end for one."""

from __future__ import annotations

from mockmail.control.route import ControlRequest, ControlResponse, Route
from mockmail.core.errors import Problem


async def list_sandboxes(ask: ControlRequest) -> ControlResponse:
    """The sandboxes in use, by name."""
    rows = [
        {"name": world.name, "messages": len(world.mail), "requests": len(world.journal)}
        for world in sorted(ask.sandboxes, key=lambda world: world.name)
    ]
    return ControlResponse({"sandboxes": rows})


async def remove_sandbox(ask: ControlRequest) -> ControlResponse:
    """Forget a sandbox with all that is in it; the next use makes a fresh one."""
    if not ask.sandboxes.remove(ask.path["name"]):
        raise Problem(
            404, f"there is no sandbox {ask.path['name'][:80]!r}; there are {', '.join(ask.sandboxes.names())}"
        )
    return ControlResponse(status=204)


ROUTES = (
    Route(method="GET", path="sandboxes", handler=list_sandboxes, summary="List the sandboxes in use."),
    Route(
        method="DELETE",
        path="sandboxes/{name}",
        handler=remove_sandbox,
        summary="Forget a sandbox with all that is in it.",
        answers={204: "Done.", 404: "There is no such sandbox."},
    ),
)
