"""The verbs of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from docs.site.reference.markdown import code, plain, table
from mockmail.cli import make_parser
from mockmail.server.settings import fields


def verbs() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each verb."""
    # argparse has no public way to list them.
    actions = make_parser()._actions  # noqa: SLF001
    [subparsers] = [action for action in actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    return dict(subparsers.choices)


def page() -> str:
    """Return the page."""
    parts = [
        "# Command line\n",
        (
            "Each verb exits with status 0 for success, 1 for a failed check, and 2 for a mistake on the command line"
            " or in a file, which it prints in one line. Ctrl-C and SIGTERM end a server with status 0.\n"
        ),
    ]
    return "\n".join([*parts, *(_section(name, parser) for name, parser in verbs().items())])


def _section(name: str, parser: argparse.ArgumentParser) -> str:
    parts = [f"## mockmail {name}\n", f"{plain(_sentence(parser.description or ''))}\n"]
    rows = list(_rows(parser))
    if rows:
        parts.append(table(("argument", "meaning"), rows))
    if takes_settings(parser):
        parts.append(f"`mockmail {name}` also has a flag for each [setting](settings.md).\n")
    if parser.epilog:
        parts.append(f"```text\n{parser.epilog.strip()}\n```\n")
    return "\n".join(parts)


def takes_settings(parser: argparse.ArgumentParser) -> bool:
    """Return whether a verb has a flag for each setting."""
    return any(action.dest == "max_sandboxes" for action in parser._actions)  # noqa: SLF001


def _rows(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    settings = {spec.name for spec in fields()} if takes_settings(parser) else set()
    for action in parser._actions:  # noqa: SLF001
        if action.dest == "help" or action.dest in settings:
            continue
        value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
        names = ", ".join(action.option_strings) or value
        shown = f"{names} {value}" if action.option_strings and value else names
        words = "" if action.help in (None, argparse.SUPPRESS) else str(action.help)
        yield code(shown), plain(words % vars(action) if "%(" in words else words)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
