"""The command line: one file a verb."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from mockmail._version import __version__
from mockmail.core.errors import MockMailError

VERBS = ("serve", "env", "operations", "healthcheck", "config")
"""The modules beside this one; the verb that is asked for is the only one imported."""


class Parser(argparse.ArgumentParser):
    """A parser that tells a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        self.exit(2, f"mockmail: {message}; see `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 where the answer is no, 2 for a mistake in what was asked."""
    parser = Parser(prog="mockmail", description="The test double for mail APIs.")
    parser.add_argument("--version", action="version", version=f"mockmail {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in _wanted(sys.argv[1:] if arguments is None else arguments):
        one = verbs.add_parser(verb.NAME, help=verb.HELP, description=verb.HELP)
        verb.add_arguments(one)
        one.set_defaults(run=verb.run, parser=one)
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        parsed.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        status: int = parsed.run(parsed)
    except BrokenPipeError:
        return _reader_gone()
    except (MockMailError, OSError) as error:
        print(f"mockmail: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return status


def _wanted(arguments: Sequence[str]) -> list[Any]:
    """The verb that the first argument names; all of them for whoever names none, and must be told which there are."""
    chosen = [name for name in VERBS if name in arguments[:1]] or VERBS
    return [import_module(f"{__name__}.{name}") for name in chosen]


def _reader_gone() -> int:
    """Whoever read our output (`| head`) has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
