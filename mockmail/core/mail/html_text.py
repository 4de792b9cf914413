"""Read the links and the visible text of HTML, which may be broken, in time linear in its length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

TEXT_LIMIT = 1 << 20
"""The characters of a body in which links and visible text are searched."""

MOST_TOKENS = 50_000
"""The most tags and character references of HTML that are read."""

INCOMPLETE = (
    f"Links and visible text were read only in the first {TEXT_LIMIT} characters and {MOST_TOKENS} tags, attributes and"
    " character references of a body."
)

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
# A comment, an end tag, a start tag, a declaration, or a character reference. If it is not closed, it extends to the
# end or to a quote without a pair, and is not searched again, so that the time is linear.
_TOKEN = re.compile(
    r"<!--(?s:.*?)(?:-->|\Z)"
    r"|</([a-zA-Z][^\s/>]*)[^>]*>?"
    r"|<([a-zA-Z][^\s/>]*)((?:[^>\"']+|\"[^\"]*\"|'[^']*')*)>?"
    r"|<[!?][^>]*>?"
    r"|(&[#a-zA-Z][^\s<&;]{0,31};?)"
)
_ATTRIBUTE = re.compile(r"""([^\s/=>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_INVISIBLE = ("script", "style", "head", "template", "title")
# The content of these is not HTML: it ends only at the end tag.
_END_OF_RAW_TEXT = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style")}
# Tags that may stand within a word. Any other tag separates words.
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
})  # fmt: skip


class HtmlLink(NamedTuple):
    """A link: its target, the visible text in it, on one line, and its tag (`a` or `area`)."""

    url: str
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class HtmlContent:
    """The visible text of HTML, on one line, and its links.

    is_complete: False when the HTML is longer than `TEXT_LIMIT` or has more than `MOST_TOKENS`; the rest is not read.
    """

    text: str
    links: tuple[HtmlLink, ...]
    is_complete: bool


def read_html(html: str) -> HtmlContent:
    """Return the text that a reader of the HTML sees, and the links."""
    reader = _Reader(html[:TEXT_LIMIT])
    reader.read()
    text = " ".join("".join(reader.text).split())
    return HtmlContent(text, tuple(reader.links), len(html) <= TEXT_LIMIT and reader.tokens <= MOST_TOKENS)


def urls(text: str) -> list[str]:
    """Return the URLs in a plain text, up to `TEXT_LIMIT`."""
    return [url.rstrip(".,;:!?") for url in _LINK.findall(text, 0, TEXT_LIMIT)]


class _Reader:
    def __init__(self, html: str) -> None:
        self._html = html
        self._invisible_depth = 0
        self.tokens = 0
        self.links: list[HtmlLink] = []
        self._link_start: int | None = None
        self.text: list[str] = []

    def read(self) -> None:
        position = 0
        while found := _TOKEN.search(self._html, position):
            self.tokens += 1
            if self.tokens > MOST_TOKENS:
                self._end_link()
                return
            self._show(self._html[position : found.start()])
            position = found.end()
            end_tag, start_tag, attributes, reference = found.groups()
            if reference:
                self._show(unescape(reference))
            elif end_tag:
                self._end(end_tag.lower())
            elif start_tag:
                self._start(start_tag.lower(), attributes)
                position = self._end_of_raw_text(start_tag.lower(), position)
        self._show(self._html[position:])
        self._end_link()

    def _show(self, text: str) -> None:
        if text and not self._invisible_depth:
            self.text.append(text)

    def _start(self, tag: str, attributes: str) -> None:
        if tag in ("a", "area"):
            self._end_link()
            target = self._target(attributes)
            if target:
                self.links.append(HtmlLink(target, "", tag))
                self._link_start = len(self.text) if tag == "a" else None
        if tag in _INVISIBLE:
            self._invisible_depth += 1
        self._separate_words(tag)

    def _end_link(self) -> None:
        """Set the text of the open link. Links do not overlap, so each text is read once."""
        if self._link_start is not None:
            text = " ".join("".join(self.text[self._link_start :]).split())
            self.links[-1] = self.links[-1]._replace(text=text)
            self._link_start = None

    def _end(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag in _INVISIBLE:
            self._invisible_depth = max(0, self._invisible_depth - 1)
        self._separate_words(tag)

    def _separate_words(self, tag: str) -> None:
        if tag not in _INLINE:
            self.text.append(" ")

    def _target(self, attributes: str) -> str:
        for name, *values in (found.groups("") for found in _ATTRIBUTE.finditer(attributes)):
            self.tokens += 1
            if self.tokens > MOST_TOKENS:
                break
            if name.lower() == "href":
                target = "".join(values)
                self.tokens += target.count("&")
                return unescape(target) if self.tokens <= MOST_TOKENS else ""
        return ""

    def _end_of_raw_text(self, tag: str, position: int) -> int:
        if tag not in _END_OF_RAW_TEXT:
            return position
        found = _END_OF_RAW_TEXT[tag].search(self._html, position)
        return found.start() if found else len(self._html)
