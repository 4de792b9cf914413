"""XML at the price of joining strings: lxml writes each row of elements once, and its texts are put in ever after.

What a vendor answers has few shapes and many values. For each row of names, lxml makes the elements and writes them
with a mark where each text goes; cut at the marks, that is the row's frame. So names, tags and namespaces are lxml's
work, and only texts are ours to escape, as lxml does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from lxml import etree

from mockmail.wire.xml import sayable

_MARK = "\ue000"
_WITHOUT_TEXT = "/"
# The ampersand first, which begins the others.
_REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))


def row(names: Sequence[str], texts: Sequence[str]) -> str:
    """A row of elements. A name that `without_text` made is one empty tag and has no text."""
    segments = _frame(tuple(names))
    pieces = [""] * (len(segments) + len(texts))
    pieces[::2] = segments
    pieces[1::2] = texts
    return "".join(pieces)


def without_text(name: str) -> str:
    """The name of an element that is written as one empty tag."""
    return name + _WITHOUT_TEXT


def around(element: etree._Element) -> tuple[str, str]:
    """What stands before and after what an element holds: its own tags, and those of the element it stands in alone."""
    element.text = _MARK
    before, _, after = etree.tostring(element.getroottree(), encoding="unicode").partition(_MARK)
    return before, after


def escaped(text: str) -> str:
    """A text as XML holds it, character for character as lxml writes it."""
    if not text.isprintable():
        text = sayable(text)
    for character, reference in _REFERENCES:
        if character in text:
            text = text.replace(character, reference)
    return text


@lru_cache(maxsize=1024)
def _frame(names: tuple[str, ...]) -> tuple[str, ...]:
    element = etree.Element("row")
    for name in names:
        child = etree.SubElement(element, name.removesuffix(_WITHOUT_TEXT))
        if not name.endswith(_WITHOUT_TEXT):
            child.text = _MARK
    written = etree.tostring(element, encoding="unicode")
    inside = written[len("<row>") : -len("</row>")] if names else ""
    return tuple(inside.split(_MARK))
