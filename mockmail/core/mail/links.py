"""Links and one-time codes in the bodies of a message, and the links to unsubscribe in its headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Self

import msgspec

TEXT_LIMIT = 1 << 20
"""The characters of a text in which codes are searched."""

MOST_CODES = 1000
"""The most codes that are returned."""

MOST_UNSUBSCRIBE_URLS = 100
"""The most URLs of List-Unsubscribe that are read."""

_NUMBER = re.compile(
    r"(?<![\w/.,=&?#:$€£-])(?<!© )(?<!\(c\) )(?:\d{4,8}|\d{3}[ -]\d{3})(?![\w/=&?:%€£-]|[.,]\w)", re.IGNORECASE
)
# A word of capitals and digits is a code only near a word that announces one.
_ANNOUNCED = re.compile(
    r"\b(?i:code|otp|pin|passcode|password|token)\b(?:[ ](?i:is|was))?[^\w\n]{0,20}\s{0,8}"
    r"(?<![\w-])((?=[A-Z-]{0,15}\d)[A-Z0-9]{2,12}(?:-[A-Z0-9]{2,12}){0,3})(?![\w-])"
)
_URL = re.compile(r"<([^<>]*)>")
_ONE_CLICK = re.compile(r"\s*List-Unsubscribe\s*=\s*One-Click\s*", re.IGNORECASE)


class Link(str):
    """The URL of a link, as a str, and where the message has it.

    text: the text between the tags of the link, empty in plain text. tag: `a` or `area`, None in plain text.
    part: the number of the part that has the link, from 1.
    """

    __slots__ = ("part", "tag", "text")

    text: str
    tag: str | None
    part: int

    def __new__(cls, url: str, *, text: str = "", tag: str | None = None, part: int = 1) -> Self:
        """Return a link."""
        link = super().__new__(cls, url)
        link.text, link.tag, link.part = text, tag, part
        return link


class Unsubscribe(msgspec.Struct, frozen=True, kw_only=True):
    """The links to unsubscribe (RFC 2369, RFC 8058).

    urls: the URLs of List-Unsubscribe, in order.
    one_click: the first https URL, if List-Unsubscribe-Post says that a POST to it unsubscribes; else None.
    """

    urls: tuple[str, ...]
    one_click: str | None


def codes(text: str) -> list[str]:
    """Return the possible one-time codes in a text, in order, without duplicates.

    A code is a number of 4 to 8 digits, two groups of 3 digits, or a word of capitals and digits after a word such as
    `code` or `PIN`. Prices, parts of URLs and copyright years are not codes.
    """
    found: list[tuple[int, str]] = [(match.start(), match[0]) for match in _NUMBER.finditer(text, 0, TEXT_LIMIT)]
    found += [(match.start(1), match[1]) for match in _ANNOUNCED.finditer(text, 0, TEXT_LIMIT)]
    return list(dict.fromkeys(code for _, code in sorted(found)))[:MOST_CODES]


def unsubscribe(urls: Sequence[str], posts: Sequence[str]) -> Unsubscribe | None:
    """Return the links in the values of List-Unsubscribe and List-Unsubscribe-Post, None without a URL."""
    found = [re.sub(r"\s", "", match[1]) for match in _URL.finditer(",".join(urls))][:MOST_UNSUBSCRIBE_URLS]
    found = [url for url in found if url]
    if not found:
        return None
    secure = next((url for url in found if url.lower().startswith("https://")), None)
    is_one_click = any(_ONE_CLICK.fullmatch(post) for post in posts)
    return Unsubscribe(urls=tuple(found), one_click=secure if is_one_click else None)
