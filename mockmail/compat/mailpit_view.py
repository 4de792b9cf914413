"""Mailpit's `/view/`: the HTML and the text of a message, for a browser or for a test of its rendering."""

from __future__ import annotations

from mockmail.compat.call import Call, Reply, Route
from mockmail.compat.query import named_message
from mockmail.core.errors import Problem
from mockmail.core.mail.preview import POLICY, safe_html


async def show(call: Call) -> Reply:
    """Show a message: its HTML (`ID.html`) or its text (`ID.txt`)."""
    name, _, kind = call.path["id"].rpartition(".")
    call.path = {"id": name}
    message = await named_message(call)
    if kind == "txt":
        return Reply(message.text.encode("utf-8", "replace"), headers={"Content-Security-Policy": POLICY})
    if not message.html:
        raise Problem(404, f"message {message.id} has no HTML")
    body = safe_html(message).encode("utf-8", "replace")
    return Reply(body, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


async def show_latest(call: Call) -> Reply:
    """Redirect to the view of the newest message, or of the newest one that matches a query."""
    call.path = {"id": "latest"}
    message = await named_message(call)
    kind = "html" if message.html else "txt"
    return Reply(status=302, headers={"Location": f"{call.prefix}/view/{message.id}.{kind}"})


VIEW_ROUTES = (Route("GET", "view/latest", show_latest), Route("GET", "view/{id}", show))
