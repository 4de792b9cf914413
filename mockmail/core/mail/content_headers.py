"""Read headers that describe content: a value such as `text/plain`, and parameters after semicolons (RFC 2045, 2231).

Reading takes time linear in the length of the header. Python's email package takes quadratic time or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from urllib.parse import unquote_to_bytes

from mockmail.core.charsets import in_charset
from mockmail.core.mail.encoded_words import decode_words

VALUE_LIMIT = 4096
"""The characters of a header that are read for parameters, such as a boundary or a file name."""

MOST_PARAMETERS = 100
"""The most parameters of a header that are read."""

# A failed match ends at the next semicolon, so that a search takes linear time.
_PARAMETER = re.compile(
    r';\s*([^\s;="*]+)(?:\*(\d{1,4}))?(\*)?\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"?|([^\s;"]*))', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class ContentHeader:
    """A header such as Content-Type. value: in lower case, without parameters. The parameters' names are lower-case."""

    value: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def content_header(text: str) -> ContentHeader:
    """Return the content header in a text, read up to the bounds `VALUE_LIMIT` and `MOST_PARAMETERS`."""
    value, semicolon, rest = text[:VALUE_LIMIT].partition(";")
    parameters = _parameters(f";{rest}") if semicolon else {}
    words = value.partition("(")[0].split()
    return ContentHeader(words[0].lower() if words else "", parameters)


def _parameters(text: str) -> dict[str, str]:
    whole: dict[str, str] = {}
    segments: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in islice(_PARAMETER.finditer(text), MOST_PARAMETERS):
        name, number, extended, quoted, bare = found.groups()
        value = bare if quoted is None else quoted.replace(r"\\", "\\").replace(r"\"", '"')
        if number is None and not extended:
            whole.setdefault(name.lower(), decode_words(value))
        else:
            segments.setdefault(name.lower(), {}).setdefault(int(number or 0), (value, bool(extended)))
    return whole | {name: _joined(values) for name, values in segments.items() if 0 in values}


def _joined(values: Mapping[int, tuple[str, bool]]) -> str:
    """Return the value of a parameter that is split into numbered segments, the first one with a charset (RFC 2231)."""
    first, extended = values[0]
    charset, _, text = first.split("'", 2) if extended and first.count("'") > 1 else ("", "", first)
    content = b"".join(_segments({**values, 0: (text, extended)}))
    try:
        return in_charset(content, charset.lower() or "utf-8")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _segments(values: Mapping[int, tuple[str, bool]]) -> Iterator[bytes]:
    for number in count():
        if number not in values:
            return
        text, is_escaped = values[number]
        yield unquote_to_bytes(text) if is_escaped else text.encode("utf-8", "replace")
