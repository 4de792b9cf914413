"""A message's HTML with its inline images, for a browser."""

from __future__ import annotations

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
