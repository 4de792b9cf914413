"""`mockmail completion SHELL`: print a script that completes verbs, flags and vendors."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

NAME = "completion"
HELP = "print a script for a shell that completes verbs, flags and vendors: bash, zsh or fish"
EXAMPLES = """examples:
  eval "$(mockmail completion bash)"          in ~/.bashrc
  eval "$(mockmail completion zsh)"           in ~/.zshrc, after compinit
  mockmail completion fish | source           in ~/.config/fish/config.fish
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument("shell", metavar="SHELL", choices=list(SHELLS), help=" or ".join(SHELLS))


def run(parsed: argparse.Namespace) -> int:
    """Print the script."""
    print(SHELLS[parsed.shell](), end="")
    return 0


def _verbs() -> dict[str, argparse.ArgumentParser]:
    from mockmail.cli import make_parser

    actions = make_parser()._actions  # noqa: SLF001  # argparse has no other list
    return next(dict(action.choices) for action in actions if isinstance(action.choices, dict))


def _words(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield each word that can follow a verb, with its help."""
    from mockmail.server.discovery import built_in_names

    for action in parser._actions:  # noqa: SLF001  # argparse has no other list
        for flag in action.option_strings:
            yield flag, (action.help or "").replace("%%", "%")
    if name in ("env", "operations"):
        yield from ((vendor, "a vendor") for vendor in built_in_names())
    if name == "env":
        yield "smtp", "the SMTP server"
    if name == "completion":
        yield from ((shell, "a shell") for shell in SHELLS)


def _bash() -> str:
    cases = [
        f"    {name}) words='{' '.join(word for word, _ in _words(name, parser))}' ;;"
        for name, parser in _verbs().items()
    ]
    return "\n".join(
        [
            "_mockmail() {",
            "  local words current=${COMP_WORDS[COMP_CWORD]}",
            "  case ${COMP_WORDS[1]} in",
            *cases,
            "  esac",
            f"  if ((COMP_CWORD == 1)); then words='{' '.join(_verbs())} --help --version'; fi",
            '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
            "}",
            "complete -o default -F _mockmail mockmail\n",
        ]
    )


def _zsh() -> str:
    verbs = [f"      {_quoted(f'{name}:{parser.description}')}" for name, parser in _verbs().items()]
    return "\n".join(
        [
            "_mockmail() {",
            "  local -a found",
            "  if ((CURRENT == 2)); then",
            "    found=(",
            *verbs,
            "    )",
            "  else",
            "    case $words[2] in",
            *_zsh_cases(),
            "    esac",
            "  fi",
            "  _describe mockmail found || _files",
            "}",
            "compdef _mockmail mockmail\n",
        ]
    )


def _zsh_cases() -> Iterator[str]:
    for name, parser in _verbs().items():
        yield f"    {name}) found=("
        yield from (f"      {_quoted(f'{word}:{text}')}" for word, text in _words(name, parser))
        yield "    ) ;;"


def _fish() -> str:
    lines = []
    for name, parser in _verbs().items():
        what = _quoted(parser.description or "")
        lines.append(f"complete -c mockmail -n __fish_use_subcommand -f -a {name} -d {what}")
        for word, text in _words(name, parser):
            kind = "-l" if word.startswith("--") else "-s" if word.startswith("-") else "-f -a"
            after = f"-n '__fish_seen_subcommand_from {name}'"
            lines.append(f"complete -c mockmail {after} {kind} {word.lstrip('-')} -d {_quoted(text)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "").replace("'", "") + "'"


SHELLS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
