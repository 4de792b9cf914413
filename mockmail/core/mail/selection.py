"""HTML in which elements are found by CSS selectors. selectolax is imported when one is first used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockmail.core.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element of HTML.

    tag: its name, lower-case. text: all text in it, with single blanks. html: its source, as a browser reads it.
    attributes: by lower-case name; `element["href"]` is `element.attributes["href"]`.
    """

    tag: str
    text: str
    html: str
    attributes: Mapping[str, str]
    _node: Any = field(repr=False, compare=False)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __repr__(self) -> str:
        named = "".join(f" {name}={value!r}" for name, value in self.attributes.items())
        return f"<Element {self.tag}{named}: {self.text[:80]!r}>"

    def select(self, css: str) -> list[Element]:
        """Return the elements in this one that match a CSS selector, in order. Raise InvalidValue."""
        return _select(self._node, css)


class Html(str):
    """The HTML body of a message: a str, in which elements can be selected."""

    __slots__ = ()

    def select(self, css: str) -> list[Element]:
        """Return the elements that match a CSS selector, in order of the document.

        Raise InvalidValue for an invalid selector.
        """
        from selectolax.lexbor import LexborHTMLParser

        return _select(LexborHTMLParser(self.encode("utf-8", "replace").decode()).root, css)


def _select(node: Any, css: str) -> list[Element]:
    from selectolax.lexbor import SelectolaxError

    try:
        found = [] if node is None else node.css(css)
    except SelectolaxError:
        raise InvalidValue(f"select: expected a CSS selector such as 'a.button', got {css[:200]!r}") from None
    return [
        Element(
            tag=match.tag,
            text=" ".join(match.text().split()),
            html=match.html or "",
            attributes={name: value or "" for name, value in match.attributes.items()},
            _node=match,
        )
        for match in found
    ]
