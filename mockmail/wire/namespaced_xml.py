"""XML as .NET's serializers write it: a default namespace, `xsi` and `xsd` declared at the root, a list's items named.

- a boolean is `true` or `false`, `None` and the empty string are an empty element;
- a mapping is an element for each of its names, in its order;
- an `Items` is an element for each of its values, all with the name that it carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def document(
    root: str, namespace: str, content: Mapping[str, Any], attributes: Mapping[str, str] | None = None
) -> bytes:
    """A document in a default namespace, on one line behind its declaration."""
    prefix = f"{{{namespace}}}"
    element = etree.Element(prefix + root, dict(attributes or {}), _namespaces(namespace))
    _fill(element, prefix, content)
    return serialized(element, DECLARATION)


def _namespaces(namespace: str) -> Any:
    return {"xsi": SCHEMA_INSTANCE, "xsd": SCHEMA, None: namespace}


def _fill(element: etree._Element, prefix: str, content: object) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(etree.SubElement(element, prefix + name), prefix, value)
    elif isinstance(content, Items):
        for value in content:
            _fill(etree.SubElement(element, prefix + content.name), prefix, value)
    else:
        element.text = _text_of(content)


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return sayable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else sayable(str(value))
