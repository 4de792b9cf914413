"""The one source of randomness."""

from __future__ import annotations

import hashlib
import string

ALPHANUMERIC = string.ascii_letters + string.digits
URL_SAFE = ALPHANUMERIC + "-_"
HEXADECIMAL = "0123456789abcdef"
# Letters and digits that are easy to tell apart.
READABLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

_LOWER_DIGITS = HEXADECIMAL.encode() * 16
"""The last hexadecimal digit of each byte."""


class Ids:
    """Generates ids, tokens and passwords that look random; the same seed gives the same ones.

    The generator is BLAKE2b over the seed and a counter, so a snapshot can store its whole state.
    Nothing here is a secret: the tokens of a test double are meant to be repeatable.
    """

    def __init__(self, seed: str = "0") -> None:
        self._seed = seed
        self._drawn = 0

    @property
    def drawn(self) -> int:
        """Return how often the generator was used."""
        return self._drawn

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes."""
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
        """Return the first token of a generator with this seed: at most 64 letters and digits."""
        return _text(_drawn(seed, 1)[:length], ALPHANUMERIC)

    def hexadecimal(self, length: int) -> str:
        """Return `length` lower-case hexadecimal digits."""
        return self.bytes(length).translate(_LOWER_DIGITS).decode("ascii")

    def uuid(self) -> str:
        """Return a version 4 UUID in its usual form."""
        digits = self.bytes(16).hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def number(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + int.from_bytes(self.bytes(8), "big") % (high - low + 1)

    def fraction(self) -> float:
        """Return a number from 0 to below 1."""
        return (int.from_bytes(self.bytes(8), "big") >> 11) / (1 << 53)

    def password(self, length: int = 12) -> str:
        """Return a password of letters and digits that are easy to tell apart."""
        return self.token(length, READABLE)

    def reset(self) -> None:
        """Start over, so that the same ids come again."""
        self._drawn = 0

    def to_document(self) -> dict[str, object]:
        """Return the state for a snapshot."""
        return {"seed": self._seed, "drawn": self._drawn}

    def restore(self, document: dict[str, object]) -> None:
        """Restore the state of `to_document`."""
        self._seed = str(document["seed"])
        self._drawn = int(str(document["drawn"]))


def _drawn(seed: str, number: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{number}".encode()).digest()


def _text(drawn: bytes, alphabet: str) -> str:
    size = len(alphabet)
    return "".join([alphabet[byte % size] for byte in drawn])
