"""The one source of randomness."""

from __future__ import annotations

import hashlib
import string
import uuid

ALPHANUMERIC = string.ascii_letters + string.digits
URL_SAFE = ALPHANUMERIC + "-_"
HEXADECIMAL = "0123456789abcdef"
# Letters and digits that a person does not mistake for one another.
READABLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Ids:
    """Identifiers, tokens and passwords that look random and are the same for the same seed.

    The generator is BLAKE2b over the seed and a counter, so its whole state is those two, and a snapshot can hold it.
    Nothing here is a secret: a test double's tokens are meant to be repeatable.
    """

    def __init__(self, seed: str = "0") -> None:
        self._seed = seed
        self._drawn = 0

    def __repr__(self) -> str:
        return f"<Ids seed={self._seed!r} drawn={self._drawn}>"

    @property
    def drawn(self) -> int:
        """How often the generator was asked."""
        return self._drawn

    def bytes(self, count: int) -> bytes:
        """`count` bytes."""
        self._drawn += 1
        out = _drawn(self._seed, self._drawn)
        while len(out) < count:
            self._drawn += 1
            out += _drawn(self._seed, self._drawn)
        return out[:count]

    def token(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """Return `length` characters of `alphabet`."""
        return _text(self.bytes(length), alphabet)

    @staticmethod
    def derived(seed: str, length: int) -> str:
        """The token that a generator with this seed gives first: at most 64 letters and digits."""
        return _text(_drawn(seed, 1)[:length], ALPHANUMERIC)

    def hexadecimal(self, length: int) -> str:
        """`length` lower-case hexadecimal digits."""
        return self.token(length, HEXADECIMAL)

    def uuid(self) -> str:
        """A version 4 UUID in its usual form."""
        return str(uuid.UUID(bytes=self.bytes(16), version=4))

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int.from_bytes(self.bytes(8), "big") % (high - low + 1)

    def password(self, length: int = 12) -> str:
        """A password of readable letters and digits."""
        return self.token(length, READABLE)

    def reset(self) -> None:
        """Start over: the same ids come again."""
        self._drawn = 0

    def to_document(self) -> dict[str, object]:
        """What a snapshot keeps."""
        return {"seed": self._seed, "drawn": self._drawn}

    def restore(self, document: dict[str, object]) -> None:
        """Take the state that `to_document` gave."""
        self._seed = str(document["seed"])
        self._drawn = int(str(document["drawn"]))


def _drawn(seed: str, number: int) -> bytes:
    """The 64 octets that a generator draws at this time of asking."""
    return hashlib.blake2b(f"{seed}:{number}".encode()).digest()


def _text(drawn: bytes, alphabet: str) -> str:
    return "".join(alphabet[byte % len(alphabet)] for byte in drawn)
