"""User names and passwords against the patterns that the credentials settings have for them."""

from __future__ import annotations

import re

from mockmail.vendors.spacedog.errors import IllegalArgument
from mockmail.vendors.spacedog.settings_classes import PASSWORD_REGEX, USERNAME_REGEX

LONGEST = 200
LONGEST_PATTERN = 1000
MOST_QUANTIFIERS = 3

_SETS = re.compile(r"\[[^\]]*(?:\[|&&|\|\||--|~~)")  # of sets, which Java and Python read each in their own way


def check(value: str, pattern: str, name: str) -> None:
    """See that a value is as its pattern wants it. Raises IllegalArgument.

    A pattern of a backend's own that could take for ever, or that Python does not know, lets everything pass.
    """
    if pattern not in (USERNAME_REGEX, PASSWORD_REGEX) and not _is_harmless(pattern, value):
        return
    if re.fullmatch(pattern, value) is None:
        raise IllegalArgument(f"[{name}] is invalid: does not comply [{pattern}] regex")


def _is_harmless(pattern: str, value: str) -> bool:
    if (
        len(pattern) > LONGEST_PATTERN
        or len(value) > LONGEST
        or "(" in pattern
        or _SETS.search(pattern)
        or len(re.findall(r"[*+?{]", pattern)) > MOST_QUANTIFIERS
    ):
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
