"""Read the headers of messages.

No function here raises an error for malformed input. Text that cannot be decoded is returned undecoded.
Each takes time linear in the length of its input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from mockmail.core.mail.encoded_words import decode_words

HEAD_LIMIT = 256 * 1024
"""The bytes of a message that are searched for headers."""

MOST_HEADERS = 10_000
"""The most headers of a message that are read."""

MOST_TOKENS = 20_000
"""The most names, brackets, comments and commas that are read of address headers, and brackets of one comment."""

SHOWN_AUTHOR = 80
"""The most characters of From that a line for people has."""

INCOMPLETE = f"Only the first {MOST_HEADERS} headers in the first {HEAD_LIMIT} bytes were read."

# The first line that is neither a header nor the continuation of one.
_END_OF_HEAD = re.compile(rb"(?:^|(?<=\r)(?!\n))(?!From |[!-9;-~]*:|[ \t])", re.MULTILINE)
_FIELD = re.compile(r"^([!-9;-~]+):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
# A quoted text, an address literal, a delimiter, or other text.
_TOKEN = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*"?|\[[^\[\]]*\]?)|([(<>:]|[,;][,;\s]*)|[^"\[(<>,:;]+', re.DOTALL)
_QUOTED_NAME = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)


class Headers:
    """The headers of a message, in order, decoded when they are read. Names are case-insensitive.

    is_complete: False when the message has further headers, beyond a bound.
    """

    def __init__(self, fields: Sequence[tuple[str, str]], *, is_complete: bool = True) -> None:
        self._fields = fields
        self.is_complete = is_complete

    def __repr__(self) -> str:
        return f"<Headers {', '.join(name for name, _ in self._fields)}>"

    def __contains__(self, name: str) -> bool:
        return bool(self.undecoded(name))

    def __getitem__(self, name: str) -> str:
        values = self.undecoded(name)
        if not values:
            raise KeyError(name)
        return decoded(values[0])

    def get(self, name: str, default: str = "") -> str:
        """Return the first header with this name, or the default."""
        values = self.undecoded(name)
        return decoded(values[0]) if values else default

    def get_all(self, name: str) -> list[str]:
        """Return the headers with this name, in order."""
        return [decoded(value) for value in self.undecoded(name)]

    def undecoded(self, name: str) -> list[str]:
        """Return the headers with this name as they were sent, with their line breaks and encoded words."""
        return list(self._by_name.get(name.lower(), ()))

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in self._fields:
            values.setdefault(name.lower(), []).append(value)
        return values

    def items(self) -> Iterator[tuple[str, str]]:
        """Return an iterator over all names and values, in order."""
        return ((name, decoded(value)) for name, value in self._fields)

    def undecoded_items(self) -> Iterator[tuple[str, str]]:
        """Return an iterator over all names and values as they were sent, in order."""
        return iter(self._fields)


def headers(raw: bytes, limit: int = HEAD_LIMIT) -> Headers:
    """Return the first `MOST_HEADERS` headers in the first `limit` bytes of a message."""
    end = end_of_head(raw, 0, min(len(raw), limit))
    found = _FIELD.finditer(head_text(raw, 0, end))
    fields = [(field[1], field[2]) for field in islice(found, MOST_HEADERS)]
    is_end = end_of_head(raw, end, min(len(raw), end + limit)) == end
    return Headers(fields, is_complete=is_end and next(found, None) is None)


def end_of_head(raw: bytes, start: int, stop: int) -> int:
    """Return where the headers that begin at `start` end: at an empty line, at another line, or at `stop`."""
    found = _END_OF_HEAD.search(raw, start, stop)
    return found.start() if found else stop


def head_text(raw: bytes, start: int, end: int) -> str:
    """Return bytes of headers as text, each line break a line feed."""
    return raw[start:end].replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8", "replace")


def decoded(value: str) -> str:
    """Return a header value unfolded and with its encoded words decoded."""
    return decode_words(value.replace("\r\n", "").replace("\n", ""))


def addresses(values: Sequence[str]) -> list[str]:
    """Return the addresses in the values of address headers, without display names. At most `MOST_TOKENS` are read."""
    return [address for _, address in _named_addresses(",".join(values)) if address]


def mailboxes(values: Sequence[str]) -> list[tuple[str, str]]:
    """Return `(display name, address)` of each address in the undecoded values of address headers."""
    found = _named_addresses(",".join(values))
    return [(decoded(_unquoted(name)), address) for name, address in found if address]


def shown_sender(author: str, sender: str) -> str:
    """Return the sender of a message for people: From, and the sender of the envelope if it has another address.

    author: the decoded From header. sender: the sender of the envelope, empty for a bounce.
    """
    if author != sender and sender.lower() not in map(str.lower, addresses([author])):
        envelope = sender or "<>"
        return f"{author[:SHOWN_AUTHOR]} (envelope {envelope})" if author else envelope
    return sender or "<>"


def _named_addresses(value: str) -> Iterator[tuple[str, str]]:
    outside: list[str] = []
    bracketed: list[str] | None = None
    current = outside
    for token in islice(_tokens(value), MOST_TOKENS):
        match token[2]:
            case None:
                current.append(token[0])
            case "(":
                continue
            case "<":
                bracketed = current = []
            case ">":
                current = []
            case delimiter:
                # A colon ends the name of a group, or the route in front of an address.
                if delimiter != ":":
                    yield _display_name(outside, bracketed), _address(outside, bracketed)
                outside, bracketed = [], None
                current = outside
    yield _display_name(outside, bracketed), _address(outside, bracketed)


def _tokens(value: str) -> Iterator[re.Match[str]]:
    position = 0
    while token := _TOKEN.match(value, position):
        yield token
        position = _end_of_comment(value, token.end()) if token[2] == "(" else token.end()


def _end_of_comment(value: str, position: int) -> int:
    depth = 1
    for found in islice(_COMMENT.finditer(value, position), MOST_TOKENS):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(value)


def _display_name(outside: Sequence[str], bracketed: Sequence[str] | None) -> str:
    return "" if bracketed is None else "".join(outside).strip()


def _unquoted(name: str) -> str:
    quoted = _QUOTED_NAME.fullmatch(name)
    return re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted else name


def _address(outside: Sequence[str], bracketed: Sequence[str] | None) -> str:
    if bracketed is not None:
        return "".join(token if token.startswith('"') else "".join(token.split()) for token in bracketed)
    text = "".join(outside).strip()
    if '"' in text:
        return text
    # A comment or a blank may stand beside "@" and ".". Of several words, the one with "@" is the address.
    for sign in "@.":
        text = sign.join(part.strip() for part in text.split(sign))
    words = text.split()
    return next((word for word in words if "@" in word), words[0] if words else "")
