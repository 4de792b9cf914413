"""XML as .NET's serializers write it: a default namespace, `xsi` and `xsd` declared at the root, a list's items named.

- a boolean is `true` or `false`, `None` and the empty string are an empty element;
- a mapping is an element for each of its names, in its order;
- an `Items` is an element for each of its values, all with the name that it carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from functools import lru_cache
from typing import Any

from lxml import etree

from mockmail.wire.xml import sayable, serialized

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.w3.org/2001/XMLSchema"


class Items(list[Any]):
    """A list whose items have a name in XML; JSON needs none, and writes it as any list."""

    __slots__ = ("name",)

    def __init__(self, name: str, values: Iterable[Any] = ()) -> None:
        super().__init__(values)
        self.name = name


Shape = tuple[Any, ...]
"""The elements in an element: the name of each that has a text, a pair of name and shape of each that has elements."""

_TREES = (dict, Items)
_NO_TEXT = object()
_LARGE = 4000
"""From how many elements on a tree is not worth keeping to be copied."""


def document(
    root: str, namespace: str, content: Mapping[str, Any], attributes: Mapping[str, str] | None = None
) -> bytes:
    """A document in a default namespace, on one line behind its declaration."""
    values: list[Any] = []
    shape = (root, _shape(content, values))
    make = _blank.__wrapped__ if len(values) > _LARGE else _blank
    element = copy(make(namespace, shape))  # lxml copies all that is below, too
    for child, value in zip(element.iterdescendants(), values, strict=True):
        if isinstance(value, str):
            if value:
                child.text = value if value.isprintable() else sayable(value)
        elif isinstance(value, bool):
            child.text = "true" if value else "false"
        elif value is not None and value is not _NO_TEXT:
            child.text = sayable(str(value))
    for name, text in (attributes or {}).items():
        element.set(name, text)
    return serialized(element, DECLARATION)


def _shape(content: Mapping[str, Any] | Items, values: list[Any]) -> Shape:
    """The names of a tree without its texts, which are added to `values` in the order of the document."""
    names: list[str | tuple[str, Shape]] = []
    pairs = [(content.name, item) for item in content] if isinstance(content, Items) else content.items()
    for name, value in pairs:
        if isinstance(value, _TREES):
            values.append(_NO_TEXT)
            names.append((name, _shape(value, values)))
        else:
            values.append(value)
            names.append(name)
    return tuple(names)


@lru_cache(maxsize=32)
def _blank(namespace: str, shape: tuple[str, Shape]) -> etree._Element:
    """A tree of empty elements. A copy of one costs a tenth of making its elements anew."""
    name, inner = shape
    element = etree.Element(f"{{{namespace}}}{name}", None, _namespaces(namespace))
    _add(element, f"{{{namespace}}}", inner)
    return element


def _add(element: etree._Element, prefix: str, shape: Shape) -> None:
    for one in shape:
        if isinstance(one, str):
            etree.SubElement(element, prefix + one)
        else:
            _add(etree.SubElement(element, prefix + one[0]), prefix, one[1])


def _namespaces(namespace: str) -> Any:
    return {"xsi": SCHEMA_INSTANCE, "xsd": SCHEMA, None: namespace}
