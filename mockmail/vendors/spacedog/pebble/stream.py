"""The tokens of a template as its parsers walk along them."""

from __future__ import annotations

from collections.abc import Sequence

from mockmail.vendors.spacedog.pebble.errors import TemplateError, parser_error
from mockmail.vendors.spacedog.pebble.lexer import Kind, Token

RESERVED = ("true", "false", "null", "none")


class TokenStream:
    """A place in a list of tokens that ends with EOF. template: the text, which is Pebble's name for it."""

    def __init__(self, tokens: Sequence[Token], template: str) -> None:
        self._tokens = tokens
        self._at = 0
        self.template = template

    @property
    def current(self) -> Token:
        """The token at this place."""
        return self._tokens[self._at]

    @property
    def following(self) -> Token:
        """The token behind it."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def next(self) -> Token:
        """Go on, and return the token that was passed; the end is never passed."""
        token = self.current
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def at(self, kind: Kind, *values: str) -> bool:
        """Whether a token of this kind, with one of these values, is here."""
        return self.current.is_a(kind, *values)

    def skip(self, kind: Kind, *values: str) -> bool:
        """Pass such a token if it is here."""
        found = self.at(kind, *values)
        if found:
            self.next()
        return found

    def expect(self, kind: Kind, *values: str) -> Token:
        """Pass such a token. Raises TemplateError where another is here."""
        if not self.at(kind, *values):
            token = self.current
            raise self.error(
                f'Unexpected token of value "{token.value}" and type {token.kind.value}, '
                f"expected token of type {kind.value}"
            )
        return self.next()

    def new_name(self) -> str:
        """Pass the name of a variable that gets a value."""
        if self.current.value in RESERVED:
            raise self.error(f"Can not assign a value to {self.current.value}")
        return self.expect(Kind.NAME).value

    def error(self, message: str) -> TemplateError:
        """A ParserException at this place."""
        return parser_error(message, self.template, self.current.line)
