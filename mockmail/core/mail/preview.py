"""A message's HTML, to be shown in a browser: with its inline images, and with nothing that acts or loads."""

from __future__ import annotations

import re
from base64 import b64encode

from mockmail.core.mail.message import Message

POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The Content-Security-Policy of a preview. In a sandbox without permissions no script, form or popup works."""

MOST_IMAGE_BYTES = 5 << 20
"""The bytes of the inline images of a preview; further ones are left out."""

# A link opens in a window of its own, which the sandbox does not permit: so it does nothing.
HEAD = '<!doctype html><meta charset="utf-8"><base target="_blank">'

# A link element connects to other servers before any policy is asked (`rel=preconnect`, `rel=dns-prefetch`).
_LINK_ELEMENT = re.compile(r"<(?=link[\s/>])", re.IGNORECASE)
_CID = re.compile(r"(?<=[\"'(=])cid:([^\"')\s>]{1,998})")


def preview(message: Message) -> bytes:
    """Return the HTML of a message with its inline images in place of their `cid:` URLs."""
    images = _images(message)
    html = _CID.sub(lambda found: images.get(found[1], found[0]), _LINK_ELEMENT.sub("<x-", message.html))
    return (HEAD + html).encode("utf-8", "replace")


def _images(message: Message) -> dict[str, str]:
    images: dict[str, str] = {}
    room = MOST_IMAGE_BYTES
    for part in message.attachments:
        if part.content_id and part.content_type.startswith("image/") and len(part.content) <= room:
            room -= len(part.content)
            images[part.content_id] = f"data:{part.content_type};base64,{b64encode(part.content).decode()}"
    return images
