"""Write rows of XML elements by joining strings around tags that lxml wrote once.

A vendor's documents have few shapes and many values. For each row of element names, lxml writes the elements with a
mark in place of each text; the pieces between the marks are the row's template. Names, tags and namespaces are written
by lxml; only texts are escaped here, in the way lxml does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml import etree

_MARK = "\ue000"
_EMPTY_TAG = "/"
# The ampersand first, which begins the others.
_REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
# Characters that XML 1.0 forbids, even as a character reference; surrogates are bytes that were not UTF-8.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def row(names: Sequence[str], texts: Sequence[str]) -> str:
    """Return a row of elements with escaped texts. A name made by `empty_tag` is one empty tag and has no text."""
    segments = _template(tuple(names))
    pieces = [""] * (len(segments) + len(texts))
    pieces[::2] = segments
    pieces[1::2] = texts
    return "".join(pieces)


def empty_tag(name: str) -> str:
    """Return the name that makes `row` write an element as one empty tag."""
    return name + _EMPTY_TAG


@lru_cache(maxsize=256)
def envelope(
    names: tuple[str, ...], attributes: tuple[tuple[str, str], ...], namespaces: tuple[tuple[str | None, str], ...] = ()
) -> tuple[str, str]:
    """Return the tags before and after the content of nested elements, as lxml writes them.

    names: from the outermost element in, `{namespace}name` for one in a namespace. attributes: of the outermost one.
    """
    root: etree._Element = etree.Element(names[0], dict(attributes), dict(namespaces))  # type: ignore[arg-type]
    element = root
    for name in names[1:]:
        element = etree.SubElement(element, name)
    element.text = _MARK
    before, _, after = etree.tostring(root, encoding="unicode").partition(_MARK)
    return before, after


def escaped(text: str) -> str:
    """Return a text escaped for XML, character for character as lxml writes it."""
    text = without_forbidden_characters(text)
    for character, reference in _REFERENCES:
        if character in text:
            text = text.replace(character, reference)
    return text


def without_forbidden_characters(text: str) -> str:
    """Return a text with U+FFFD in place of each character that XML forbids."""
    return text if text.isprintable() else _FORBIDDEN.sub("\ufffd", text)


@lru_cache(maxsize=1024)
def _template(names: tuple[str, ...]) -> tuple[str, ...]:
    element = etree.Element("row")
    for name in names:
        child = etree.SubElement(element, name.removesuffix(_EMPTY_TAG))
        if not name.endswith(_EMPTY_TAG):
            child.text = _MARK
    written = etree.tostring(element, encoding="unicode")
    inside = written[len("<row>") : -len("</row>")] if names else ""
    return tuple(inside.split(_MARK))
