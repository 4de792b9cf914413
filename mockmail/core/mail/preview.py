"""A message's HTML as a page for a browser: with its inline images, without anything that runs or loads."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection

from mockmail.core.mail.message import Message

POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The Content-Security-Policy of a preview. In a sandbox without permissions no script, form or popup works."""

MOST_IMAGE_BYTES = 5 << 20
"""The bytes of the inline images of a preview, as `data:` URLs; further ones are left out."""

# A link would open in a window of its own. The sandbox forbids that, so a click does nothing.
HEAD = '<!doctype html><meta charset="utf-8"><base target="_blank">'

# A link element connects to other servers before any policy is asked (`rel=preconnect`, `rel=dns-prefetch`).
_LINK_ELEMENT = re.compile(r"<(?=link[\s/>])", re.IGNORECASE)
_CID = re.compile(r"(?<=[\"'(=])cid:([^\"')\s>]{1,998})")


def preview(message: Message) -> bytes:
    """Return the HTML of a message as a page for a frame."""
    return (HEAD + safe_html(message)).encode("utf-8", "replace")


def safe_html(message: Message) -> str:
    """Return the HTML of a message with its inline images in place of their `cid:` URLs, and without link elements.

    An image counts each time that the HTML shows it.
    """
    html = _LINK_ELEMENT.sub("<x-", message.html)
    images = _images(message, set(_CID.findall(html)))
    room = MOST_IMAGE_BYTES

    def image_of(found: re.Match[str]) -> str:
        nonlocal room
        image = images.get(found[1])
        if image is None or len(image) > room:
            return found[0]
        room -= len(image)
        return image

    return _CID.sub(image_of, html)


def _images(message: Message, wanted: Collection[str]) -> dict[str | None, str]:
    return {
        part.content_id: f"data:{part.content_type};base64,{b64encode(part.content).decode()}"
        for part in (message.attachments if wanted else ())
        if part.content_id in wanted
        and part.content_type.startswith("image/")
        and len(part.content) <= MOST_IMAGE_BYTES
    }
