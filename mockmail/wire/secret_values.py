"""Find the values of secrets in a text: a form, multipart, JSON or XML, whole or cut off anywhere.

These readers know the position of a value in the text, unlike the parsers of requests, and they accept everything that
any vendor accepts. Each reads its text once, from the beginning to the end, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote_plus

from mockmail.core.masking_rules import MaskingRules
from mockmail.wire.multipart_parts import parts_of


class Value(NamedTuple):
    """The position of a value in a text, and the decoded value."""

    start: int
    end: int
    decoded: str


class Unreadable(ValueError):
    """Raised for a text that is not in the expected format."""


_PLAIN = frozenset({"true", "false", "null"})

_TOKEN = re.compile(
    r"""
      (?P<blank>[\s\ufeff]++)
    | (?P<comment>/\*(?s:.*?)(?:\*/|\Z)|//[^\r\n]*+)
    | (?P<text>"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]++|\\.)*+(?:'|\\?\Z))
    | (?P<sign>[{}\[\]:,])
    | (?P<word>[^\s{}\[\]:,"'/]++|/)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_MARKUP = re.compile(
    r"""
      (?P<hidden><!--(?s:.*?)(?:-->|\Z))
    | (?P<cdata><!\[CDATA\[(?s:.*?)(?:\]\]>|\Z))
    | (?P<declaration><\?xml\s[^<>]*+(?:>|\Z))
    | (?P<tag><(?P<close>/?)(?P<name>[^\s<>/"'=!?]++)
        (?P<attributes>(?:[^"'<>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z))
    | (?P<text>[^<]++)
    | (?P<cut_off><(?:/|!-?|!\[\w{0,6}|\?\w{0,3})?\Z)
    """,
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""\s*+([^\s="'/]++)\s*+=\s*+("[^"]*+|'[^']*+)["']?|\s++|/""")


def is_plain(text: str) -> bool:
    """Return whether a text is a JSON value that cannot be a secret: true, false or null."""
    return text.strip().lower() in _PLAIN


def form_values(text: str, rules: MaskingRules) -> Iterator[Value]:
    """Return the values of secret fields of a form or a query."""
    known: dict[str, bool] = {}
    start = 0
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if pair:
            if name not in known:
                known[name] = rules.is_secret(unquote_plus(name))
            if known[name] and value:
                begin = start + len(name) + 1
                yield Value(begin, begin + len(value), unquote_plus(value))
        start += len(pair) + 1


def multipart_values(text: str, content_type: str, rules: MaskingRules) -> Iterator[Value]:
    """Return the values of the parts with secret names, and of parts whose name is not plain. Raise Unreadable."""
    parts = parts_of(text, content_type)
    if parts is None:
        raise Unreadable("a multipart form without its boundary")
    for name, start, end in parts:
        if start < end and (name is None or rules.is_secret(name)):
            yield Value(start, end, text[start:end])


@dataclass(slots=True)
class _Frame:
    """An open object or array.

    is_secret: whether all its values are secrets. first: the number of values before it.
    has_name: whether it has a member that may name a secret. names_secret: whether that member does.
    """

    is_object: bool
    is_secret: bool
    first: int
    expects: str = "key or end"
    member: str = ""
    names_secret: bool = False
    has_name: bool = False


@dataclass(slots=True)
class _JsonReader:
    text: str
    rules: MaskingRules
    values: list[tuple[Value, bool]] = field(default_factory=list)
    hidden: list[tuple[int, int]] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    has_ended: bool = False

    def read(self) -> Iterator[Value]:
        for token in _TOKEN.finditer(self.text):
            kind = token.lastgroup
            if kind == "comment":
                self.values.append((Value(token.start(), token.end(), ""), True))
            elif kind == "sign":
                self._sign(token.group())
            elif kind != "blank":
                self._scalar(token, kind == "text")
        while self.frames:  # the text is cut off
            frame = self.frames.pop()
            is_nameless = bool(self.rules.naming_members) and frame.is_object and not frame.has_name
            self._close(frame, hides=frame.names_secret or (is_nameless and bool(self.frames)))
        return self._secret_values()

    def _sign(self, sign: str) -> None:
        frame = self.frames[-1] if self.frames else None
        if sign in "{[":
            is_secret = self._begin_value(is_scalar=False)
            expects = "key or end" if sign == "{" else "value or end"
            self.frames.append(_Frame(sign == "{", is_secret, len(self.values), expects))
        elif frame is None:
            raise Unreadable("a sign outside of an object")
        elif sign in "}]":
            if (sign == "}") != frame.is_object or frame.expects in ("colon", "value"):
                raise Unreadable("an end without a beginning")
            self._close(self.frames.pop(), hides=frame.names_secret)
        elif sign == ":" and frame.expects == "colon":
            frame.expects = "value"
        elif sign == "," and frame.expects == "comma or end":
            frame.expects = "key or end" if frame.is_object else "value or end"
        else:
            raise Unreadable("a sign in the wrong place")

    def _scalar(self, token: re.Match[str], is_text: bool) -> None:
        spelled = token.group()
        start, end = token.span()
        if is_text:
            is_closed = len(spelled) > 1 and spelled[-1] == spelled[0]
            start, end = start + 1, end - 1 if is_closed else end
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.expects == "key or end" and frame.is_object:
            frame.member, frame.expects = unescaped(self.text[start:end]), "colon"
            return
        is_secret = self._begin_value(is_scalar=True)
        if not is_text and is_plain(spelled):
            return
        decoded = unescaped(self.text[start:end])
        if frame is not None and frame.member.casefold() in self.rules.naming_members:
            frame.has_name = True
            if self.rules.is_secret(decoded):
                frame.names_secret = True
                return
        if decoded:
            self.values.append((Value(start, end, decoded), is_secret))

    def _begin_value(self, *, is_scalar: bool) -> bool:
        """Move past the value that begins here, and return whether it is a secret."""
        if not self.frames:
            if self.has_ended:
                raise Unreadable("text after the value")
            self.has_ended = True
            return self.rules.is_whole or (is_scalar and self.rules.masks_scalars)
        frame = self.frames[-1]
        if frame.expects not in ("value", "value or end"):
            raise Unreadable("a value in the wrong place")
        frame.expects = "comma or end"
        return frame.is_secret or (frame.is_object and self.rules.is_secret(frame.member))

    def _close(self, frame: _Frame, *, hides: bool) -> None:
        if hides:
            self.hidden.append((frame.first, len(self.values)))

    def _secret_values(self) -> Iterator[Value]:
        # Objects within a hidden object end before it does.
        change = [0] * (len(self.values) + 1)
        for first, last in self.hidden:
            change[first] += 1
            change[last] -= 1
        depth = 0
        for number, (value, is_secret) in enumerate(self.values):
            depth += change[number]
            if is_secret or depth:
                yield value


def json_values(text: str, rules: MaskingRules) -> Iterator[Value]:
    """Return the secret values of a JSON text, strict or lenient, and its comments. Raise Unreadable."""
    return _JsonReader(text, rules).read()


def xml_values(text: str, rules: MaskingRules) -> Iterator[Value]:
    """Return the texts and attributes of secret elements, however deep, and comments. Raise Unreadable."""
    open_elements: list[tuple[str, bool]] = []
    end = 0
    for found in _MARKUP.finditer(text):
        if found.start() != end:
            raise Unreadable("markup that is not XML")
        end = found.end()
        is_secret = bool(open_elements) and open_elements[-1][1]
        if found["name"]:
            yield from _tag_values(found, rules, open_elements, is_secret)
        elif found["hidden"]:
            yield Value(*found.span(), "")
        elif found["text"] or found["cdata"]:
            if not open_elements and found.group().strip("\ufeff \t\r\n"):
                raise Unreadable("text outside of the root element")
            if is_secret and found.group().strip():
                content = found["text"] or found["cdata"].removeprefix("<![CDATA[").removesuffix("]]>")
                yield Value(*found.span(), unescape(content) if found["text"] else content)
    if end != len(text):
        raise Unreadable("markup that is not XML")


def _tag_values(
    tag: re.Match[str], rules: MaskingRules, open_elements: list[tuple[str, bool]], is_secret: bool
) -> Iterator[Value]:
    name, attributes = tag["name"], tag["attributes"]
    is_cut = not tag.group().endswith(">")
    if tag["close"]:
        if not is_cut and (not open_elements or open_elements.pop()[0] != name):
            raise Unreadable("an end tag without a start tag")
        return
    is_secret = is_secret or rules.is_secret(name.rpartition(":")[2])
    end, first = 0, tag.start("attributes")
    for attribute in _ATTRIBUTE.finditer(attributes):
        if attribute.start() != end:
            raise Unreadable("an attribute that is not XML")
        end = attribute.end()
        if attribute[1] and (is_secret or rules.is_secret(attribute[1].rpartition(":")[2])):
            start, stop = first + attribute.start(2) + 1, first + attribute.end(2)
            if start < stop and not attribute[1].startswith("xmlns"):
                yield Value(start, stop, unescape(attribute[2][1:]))
    if end != len(attributes) and ("=" in attributes[end:] or not is_cut):
        raise Unreadable("an attribute that is not XML")
    if not attributes.endswith("/"):
        open_elements.append((name, is_secret))


def unescaped(text: str) -> str:
    """Return a JSON text without its escapes, those that only lenient readers know included."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _CONTROL.get(found[2], found[2]), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
