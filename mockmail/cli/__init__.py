"""The command line: one file a verb."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from keyword import iskeyword
from typing import NoReturn

from mockmail._version import __version__
from mockmail.core.errors import MockMailError

VERBS = (
    "serve",
    "env",
    "messages",
    "requests",
    "tail",
    "import",
    "export",
    "reset",
    "operations",
    "healthcheck",
    "config",
    "new-vendor",
    "completion",
)
"""The verbs, each a module in this folder; only the chosen one is imported."""


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        see = " See" if message.endswith("?") else "; see"
        self.exit(2, f"mockmail: {message}{see} `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status: 0, 1 for a failed check, 2 for an error of the user."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = make_parser(_chosen(given))
    if given and not given[0].startswith("-") and given[0] not in VERBS:
        parser.error(f"there is no verb {given[0][:80]!r}; {_suggestion(given[0], VERBS)}")
    parsed, unknown = parser.parse_known_args(given)
    if unknown:
        _refuse(parsed.parser, unknown)
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


def make_parser(names: Iterable[str] = VERBS) -> Parser:
    """Return the parser of the command line, with these verbs."""
    parser = Parser(prog="mockmail", description="The test double for mail APIs.")
    parser.add_argument("--version", action="version", version=f"mockmail {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True, dest="verb")
    for verb in (import_module(f"{__name__}.{_module_of(name)}") for name in names):
        subparser = verbs.add_parser(
            verb.NAME,
            help=verb.HELP,
            description=verb.HELP,
            epilog=getattr(verb, "EXAMPLES", None),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.add_arguments(subparser)
        subparser.set_defaults(run=verb.run, parser=subparser)
    return parser


def _module_of(name: str) -> str:
    module = name.replace("-", "_")
    return f"{module}_" if iskeyword(module) else module


def _chosen(arguments: Sequence[str]) -> Sequence[str]:
    # The help lists every verb; else only the chosen one is imported.
    return [name for name in VERBS if name in arguments[:1]] or VERBS


def _refuse(parser: Parser, unknown: Sequence[str]) -> NoReturn:
    flag = unknown[0].partition("=")[0]
    flags = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]  # noqa: SLF001  # argparse has no other list
    advice = _suggestion(flag, flags, "") if flag.startswith("-") else ""
    parser.error(f"unrecognized arguments: {' '.join(unknown)}" + (f"; {advice}" if advice else ""))


def _suggestion(name: str, known: Sequence[str], otherwise: str | None = None) -> str:
    from mockmail.core.suggestions import did_you_mean  # only a typo needs it

    everything = f"there are {', '.join(known)}" if otherwise is None else otherwise
    similar = did_you_mean(name.lstrip("-"), {other.lstrip("-"): other for other in known}, most=1, cutoff=0.7)
    return similar or everything


def _close_output() -> int:
    # The reader (`| head`) closed the pipe.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
