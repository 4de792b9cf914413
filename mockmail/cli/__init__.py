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

VERBS = ("serve", "env", "operations", "healthcheck", "config", "new-vendor")
"""The verbs, each a module in this folder; only the chosen one is imported."""


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        self.exit(2, f"mockmail: {message}; see `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status: 0, 1 for a failed check, 2 for an error of the user."""
    parser = Parser(prog="mockmail", description="The test double for mail APIs.")
    parser.add_argument("--version", action="version", version=f"mockmail {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in _verbs(sys.argv[1:] if arguments is None else arguments):
        subparser = verbs.add_parser(verb.NAME, help=verb.HELP, description=verb.HELP)
        verb.add_arguments(subparser)
        subparser.set_defaults(run=verb.run, parser=subparser)
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        parsed.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        status: int = parsed.run(parsed)
    except BrokenPipeError:
        return _close_output()
    except (MockMailError, OSError) as error:
        print(f"mockmail: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return status


def _verbs(arguments: Sequence[str]) -> list[Any]:
    # The help and the error for a wrong verb list them all.
    chosen = [name for name in VERBS if name in arguments[:1]] or VERBS
    return [import_module(f"{__name__}.{name.replace('-', '_')}") for name in chosen]


def _close_output() -> int:
    # The reader (`| head`) closed the pipe.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
