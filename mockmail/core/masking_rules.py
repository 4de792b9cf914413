"""Decide by their names which values of a request and its response are secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from mockmail.core.operation import Operation

MASK = "***"

_PARTS = re.compile(r"[.\[\]]+")
_SEPARATORS = re.compile(r"[\W_]+")
_ANYWHERE = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "signature", "apikey", "accesskey",
    "privatekey", "sessionid", "authorization",
)  # fmt: skip
# As the last word of a name: `key`, `api_key`, `smtpPass`; not `hotkey` and `key_0`.
_LAST_WORD = re.compile(r"(?:(?:^|[^A-Za-z])(?i:key|pass)|(?<=[a-z])(?:Key|Pass))[\W_]*$")


def looks_secret(name: str) -> bool:
    """Return whether a name is usually that of a secret: `password`, `accessToken`, `apiKey` ..."""
    letters = _SEPARATORS.sub("", name.casefold())
    return any(word in letters for word in _ANYWHERE) or _LAST_WORD.search(name) is not None


@dataclass(frozen=True, slots=True)
class MaskingRules:
    """The rules for the requests to one operation, and their responses.

    names: the declared names. shown: names that look secret and are not; all of them in lower case.
    naming_members: members whose value is the name of a secret that is in the same object.
    naming_segments: the segments of a path, counted from its end, that say whether the body is a secret.
    is_whole: whether a body is itself a secret. masks_scalars: whether a body that is one scalar is masked.
    masks_unreadable: whether a body that cannot be decoded is masked.
    has_pairs: whether the path has names and values in turn.
    """

    names: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    naming_members: frozenset[str] = frozenset()
    naming_segments: tuple[int, ...] = ()
    is_whole: bool = False
    masks_scalars: bool = True
    masks_unreadable: bool = True
    has_pairs: bool = True

    @classmethod
    def of_operation(cls, operation: Operation) -> MaskingRules:
        """Return the rules for an operation."""
        declared = operation.secrets
        # Counted from the end, because a path may begin with a sandbox and a vendor.
        template = operation.path.strip("/").split("/")[::-1]
        naming_segments = tuple(template.index(entry) + 1 for entry in declared if entry.startswith("{"))
        return cls(
            names=frozenset(entry.casefold() for entry in declared if entry[0] not in "*@{"),
            shown=frozenset(name.casefold() for name in operation.not_secret),
            naming_members=frozenset(entry[1:].casefold() for entry in declared if entry.startswith("@")),
            naming_segments=naming_segments,
            is_whole="*" in declared,
            masks_scalars=bool(declared) and not naming_segments,
            masks_unreadable=bool(declared),
            has_pairs=any(template.endswith("*}") for template in operation.templates),
        )

    @classmethod
    def of_unknown(cls, operations: Iterable[Operation]) -> MaskingRules:
        """Return the rules for a request without an operation: the secrets of all these operations."""
        rules = [cls.of_operation(operation) for operation in operations]
        return cls(
            names=frozenset().union(*(each.names for each in rules)),
            naming_members=frozenset().union(*(each.naming_members for each in rules)),
        )

    def at(self, path: str) -> MaskingRules:
        """Return the rules for a request to this path, as the client sent it."""
        if not self.naming_segments:
            return self
        segments = path.rstrip("/").split("/")
        naming = [unquote(segments[-position]) for position in self.naming_segments if position <= len(segments)]
        return replace(self, is_whole=any(self.is_secret(name) for name in naming))

    def is_secret(self, name: str) -> bool:
        """Return whether a decoded name is that of a secret, case-insensitive.

        The parts of `user[password]` and `smtp.password` are names of their own.
        """
        if self._is_secret_part(name):
            return True
        return ("[" in name or "." in name) and any(self._is_secret_part(part) for part in _PARTS.split(name))

    def _is_secret_part(self, name: str) -> bool:
        folded = name.strip().casefold()
        return folded in self.names or (folded not in self.shown and looks_secret(name))


NO_OPERATION = MaskingRules()


def masked_path(path: str, rules: MaskingRules = NO_OPERATION) -> tuple[str, list[str]]:
    """Return a path with the values of secret names masked, and the masked values as they were sent.

    A secret's value is the segment after its name: `/username/joe/password/***`.
    """
    if not rules.has_pairs:
        return path, []
    segments = path.split("/")
    values = []
    for index, name in enumerate(path.split("/")[:-1]):
        value = segments[index + 1]
        if name and value and rules.is_secret(unquote(name)):
            segments[index + 1] = MASK
            values.append(value)
    return "/".join(segments), values
