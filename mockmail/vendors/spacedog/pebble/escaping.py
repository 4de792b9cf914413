"""Pebble's escaping strategies; `html` is the one that applies by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_ATTRIBUTE = _HTML | str.maketrans({"/": "&#47;"})
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

STRATEGIES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "html": lambda text: text.translate(_HTML),
        "html_attr": lambda text: text.translate(_ATTRIBUTE),
        "js": lambda text: text.translate(_SCRIPT),
        "css": lambda text: text.translate(_STYLE),
        "url_param": lambda text: quote(text.encode("utf-8", "replace"), safe=""),
    }
)
