"""Pebble's escaping strategies; `html` is the one that applies by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

_ENTITIES = MappingProxyType({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_ATTRIBUTE = str.maketrans({**_ENTITIES, "/": "&#47;"})
_SCRIPT = str.maketrans(
    {
        "\b": "\\b",
        "\t": "\\t",
        "\n": "\\n",
        "\x0b": "\\v",
        "\f": "\\f",
        "\r": "\\r",
        "'": "\\'",
        '"': '\\"',
        "\\": "\\\\",
        "/": "\\/",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)
_STYLE = str.maketrans({sign: f"\\{ord(sign):02X} " for sign in "\b\t\n\x0b\f\r'\"\\/<>&@"})


def _html(text: str) -> str:
    """Sign by sign would take a text beyond ASCII ten times as long."""
    for sign, entity in _ENTITIES.items():
        text = text.replace(sign, entity)
    return text


STRATEGIES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "html": _html,
        "html_attr": lambda text: text.translate(_ATTRIBUTE),
        "js": lambda text: text.translate(_SCRIPT),
        "css": lambda text: text.translate(_STYLE),
        "url_param": lambda text: quote(text.encode("utf-8", "replace"), safe=""),
    }
)
