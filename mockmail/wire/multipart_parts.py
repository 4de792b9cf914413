"""Find the parts of a multipart form in a text, with the names that are spelled plainly."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"([^\"\\]{1,200})\"|([^\s\";,]{1,200}))\s*(?:;|$)", re.IGNORECASE)
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n)){2}")
_DISPOSITION = re.compile(
    r"""(?:^|[\r\n])content-disposition:\s*form-data\s*;\s*name=(?:"([^"\\=?*\r\n]*)"|([\w.\[\]-]+))"""
    r"""\s*(?:;\s*filename="[^"\r\n]*"\s*)?(?:[\r\n]++(?![ \t])|$)""",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"\r\n|\n|\r")
_HEADER = re.compile(r"[!-9;-~]+:|[ \t]")
"""The start of a line of a header: its name, or the blank of a continued header."""

Part = tuple[str | None, int, int]
"""The name of a part, None if it is not plain; where its value begins and ends."""


def parts_of(text: str, content_type: str) -> list[Part] | None:
    """Return the parts of a multipart form, and the texts before and after them; None without its boundary.

    The name of a part is plain if its header has nothing that two readers could read differently: no escape, no
    encoding, no second header or parameter of the same name.
    """
    declared = _BOUNDARY.search(content_type)
    if declared is None:
        return None
    delimiter = re.compile(
        rf"(?:^|\r\n|\n|\r)--{re.escape(declared[1] or declared[2])}(--)?[ \t]*(?=[\r\n]|\Z)(?:\r\n|\n|\r)?"
    )
    parts: list[Part] = []
    end, is_open = 0, False
    for found in delimiter.finditer(text):
        parts.append(_part(text, end, found.start()) if is_open else _outside(text, end, found.start()))
        end, is_open = found.end(), not found[1]
    if not parts:
        return None
    parts.append(_part(text, end, len(text)) if is_open else _outside(text, end, len(text)))
    return parts


def _part(text: str, start: int, end: int) -> Part:
    blank = _BLANK_LINE.search(text, start, end)
    head = "" if blank is None else text[start : blank.start()]
    found = _DISPOSITION.search(head)
    is_single = text[start:end].lower().count("content-disposition") == 1
    if blank is None or found is None or not is_single or not all(map(_HEADER.match, _LINE_END.split(head))):
        return None, start, end
    return found[1] if found[1] is not None else found[2], blank.end(), end


def _outside(text: str, start: int, end: int) -> Part:
    return None, start, end if text[start:end].strip() else start
