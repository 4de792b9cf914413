"""Mailpit's `/view/`: the HTML and the text of a message, for a browser or for a test of its rendering."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection

from mockmail.compat.call import Call, Reply, Route
from mockmail.compat.mailpit_documents import numbered_parts
from mockmail.compat.query import named_message
from mockmail.core.errors import Problem
from mockmail.core.mail.message import Message

POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The Content-Security-Policy of a view: no script runs, no form is sent, nothing is loaded."""

MOST_IMAGE_BYTES = 5 << 20
"""The bytes of the inline images of a view, as `data:` URLs; further ones are left out."""

_CID = re.compile(r"(?<=[\"'(=])cid:([^\"')\s>]{1,998})")


async def show(call: Call) -> Reply:
    """Show a message: its HTML (`ID.html`) or its text (`ID.txt`)."""
    name, _, kind = call.path["id"].rpartition(".")
    call.path = {"id": name}
    message = await named_message(call)
    if kind == "txt":
        return Reply(message.text.encode("utf-8", "replace"), headers={"Content-Security-Policy": POLICY})
    if not message.html:
        raise Problem(404, f"message {message.id} has no HTML")
    body = _with_images(message).encode("utf-8", "replace")
    return Reply(body, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


async def show_latest(call: Call) -> Reply:
    """Lead to the view of the newest message, of a search if there is a query."""
    call.path = {"id": "latest"}
    message = await named_message(call)
    kind = "html" if message.html else "txt"
    return Reply(status=302, headers={"Location": f"{call.prefix}/view/{message.id}.{kind}"})


def _with_images(message: Message) -> str:
    html = message.html
    wanted = {found[1] for found in _CID.finditer(html)}
    images = _images(message, wanted) if wanted else {}
    pieces: list[str] = []
    position, room = 0, MOST_IMAGE_BYTES
    for found in _CID.finditer(html):
        image = images.get(found[1])
        if image is not None and len(image) <= room:  # an image counts each time that the HTML shows it
            room -= len(image)
            pieces += [html[position : found.start()], image]
            position = found.end()
    return "".join([*pieces, html[position:]])


def _images(message: Message, wanted: Collection[str]) -> dict[str, str]:
    parts = [found.part for found in numbered_parts(message)]
    images = [part for part in parts if part.content_id in wanted and part.content_type.value.startswith("image/")]
    return {
        part.content_id or "": f"data:{part.content_type.value};base64,{b64encode(part.content()).decode()}"
        for part in images
        if part.end - part.start <= 2 * MOST_IMAGE_BYTES
    }


VIEW_ROUTES = (Route("GET", "view/latest", show_latest), Route("GET", "view/{id}", show))
