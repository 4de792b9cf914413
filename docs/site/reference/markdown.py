"""Write tables and descriptions in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. Line breaks and bars in cells are escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in lines)


def code(text: object) -> str:
    """Return a text as code, empty for an empty text."""
    shown = str(text)
    if not shown:
        return ""
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def plain(text: str) -> str:
    """Return a text in which only code between backticks is marked up."""
    parts = text.split("`")
    escaped = [part if number % 2 else _escaped(part) for number, part in enumerate(parts)]
    return "`".join(escaped)


def _escaped(text: str) -> str:
    for mark in "\\*_<>[]{}":
        text = text.replace(mark, f"\\{mark}")
    return text


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
