"""A message's HTML with its inline images, for a browser."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from mockmail.core.mail import preview as module
from mockmail.core.mail.message import Envelope, Message, SentBy
from mockmail.core.mail.preview import HEAD, preview

IMAGE = "data:image/png;base64,aGVsbG8="


def newsletter(html: str) -> Message:
    raw = (
        "Content-Type: multipart/related; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n"
        "--b\r\nContent-Type: image/png\r\nContent-Id: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "aGVsbG8=\r\n--b--\r\n"
    )
    at = datetime(2026, 1, 31, tzinfo=UTC)
    return Message("1", 1, at, raw.encode(), Envelope(sender="", recipients=()), SentBy())


@pytest.mark.parametrize(("room", "shown"), [(3, 3), (2, 2), (0, 0)])
def test_image_counts_each_time_that_the_html_shows_it(monkeypatch, room, shown):
    monkeypatch.setattr(module, "MOST_IMAGE_BYTES", room * len(IMAGE))

    html = preview(newsletter("<img src='cid:logo'>" * 3)).decode()

    assert (html.count(IMAGE), html.count("cid:logo")) == (shown, 3 - shown)


def test_image_is_left_out_one_byte_over_the_bound(monkeypatch):
    monkeypatch.setattr(module, "MOST_IMAGE_BYTES", len(IMAGE) - 1)

    assert preview(newsletter("<img src='cid:logo'>")).decode() == f"{HEAD}<img src='cid:logo'>"


@pytest.mark.parametrize("kind", ['image/png"onload=x', "image/png'onload", "image/<script>", "image/png>"])
def test_media_type_does_not_leave_the_attribute_that_it_is_shown_in(kind):
    message = newsletter("<img src='cid:logo'>")
    hostile = dataclasses.replace(message, raw=message.raw.replace(b"image/png", kind.encode()))

    assert preview(hostile).decode() == f"{HEAD}<img src='cid:logo'>"
    assert hostile.parts[1].content_type == "text/plain"


@pytest.mark.parametrize("name", [".*", "(a+)+$", "[", "\\", "../../logo", "logo|x"])
def test_content_id_is_compared_as_text(name):
    message = newsletter("<img src='cid:logo'>")
    other = dataclasses.replace(message, raw=message.raw.replace(b"<logo>", f"<{name}>".encode()))

    assert preview(other).decode() == f"{HEAD}<img src='cid:logo'>"
