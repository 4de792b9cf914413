"""Write XML as .NET's serializers do: a default namespace, `xsi` and `xsd` declared at the root, list items named.

- a boolean is `true` or `false`, `None` and the empty string are an empty element;
- a mapping is an element for each of its names, in its order;
- an `Items` is an element for each of its values, all with its `name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockmail.wire.xml_templates import empty_tag, envelope, escaped, row

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.w3.org/2001/XMLSchema"


class Items(list[Any]):
    """A list whose items have a name in XML; in JSON it is a list like any other."""

    __slots__ = ("name",)

    def __init__(self, name: str, values: Iterable[Any] = ()) -> None:
        super().__init__(values)
        self.name = name


def document(
    root: str, namespace: str, content: Mapping[str, Any], attributes: Mapping[str, str] | None = None
) -> bytes:
    """Return a document in a default namespace, on one line after its declaration."""
    namespaces = (("xsi", SCHEMA_INSTANCE), ("xsd", SCHEMA), (None, namespace))
    before, after = envelope((f"{{{namespace}}}{root}",), tuple((attributes or {}).items()), namespaces)
    inside = _row(content.items())
    return DECLARATION + (f"{before}{inside}{after}" if inside else f"{before[:-1]}/>").encode()


def _row(pairs: Iterable[tuple[str, object]]) -> str:
    names: list[str] = []
    texts: list[str] = []
    for name, value in pairs:
        text = value if type(value) is str else _text(value)
        if text:
            names.append(name)
            texts.append(text if isinstance(value, dict | Items) else escaped(text))
        else:
            names.append(empty_tag(name))
    return row(names, texts)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return _row(value.items())
    if isinstance(value, Items):
        return _row((value.name, item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
