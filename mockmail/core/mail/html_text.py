"""Read the links and the visible text of HTML, which may be broken."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser

from mockmail.core.mail.mime import UNREADABLE

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_INVISIBLE = ("script", "style", "head", "template", "title")
# Tags that may stand within a word. Any other tag separates words.
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
})  # fmt: skip


def links(html: str, text: str) -> list[str]:
    """Return the targets of the links in HTML, then the URLs in a plain text, without duplicates."""
    found = [*_read(html).links, *(url.rstrip(".,;:!?") for url in _LINK.findall(text))]
    return list(dict.fromkeys(found))


def visible_text(html: str) -> str:
    """Return the text that a reader of the HTML sees, on one line."""
    return re.sub(r"\s+", " ", "".join(_read(html).text)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text: list[str] = []
        self._invisible_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag in ("a", "area") and target:
            self.links.append(target)
        if tag in _INVISIBLE:
            self._invisible_depth += 1
        self._separate_words(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE:
            self._invisible_depth = max(0, self._invisible_depth - 1)
        self._separate_words(tag)

    def handle_data(self, data: str) -> None:
        if not self._invisible_depth:
            self.text.append(data)

    def _separate_words(self, tag: str) -> None:
        if tag not in _INLINE:
            self.text.append(" ")


def _read(html: str) -> _Reader:
    reader = _Reader()
    # Text and links before the error are kept.
    with suppress(*UNREADABLE):
        reader.feed(html)
    return reader
