"""Run commands of `rackmail`, a client of Rackspace Email, against our server; a script of its own.

The client's base URL is fixed in its code, so its requests are redirected to the server of the first argument.
The second argument is a JSON array of `[command, arguments]`; the output of each command is printed on one line.
Its `main` module needs Python 3.12 for one f-string, so the commands are called as `main` would call them.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from argparse import Namespace
from typing import Any

import requests

VENDOR = "https://api.emailsrvr.com/v1"
FUNCTIONS = {
    "createuser": ("create_user", "create_user"),
    "deleteuser": ("delete_user", "delete_user"),
    "enableuser": ("enable_user", "enable_user"),
    "disableuser": ("disable_user", "disable_user"),
    "getmailbox": ("get_mailbox", "get_mailbox"),
    "setpassword": ("set_password", "set_password"),
    "set": ("set_property", "set_property"),
    "listall": ("list_all", "search_mailboxes"),
    "createlogintoken": ("create_login_token", "create_login_token"),
}


def send_on(base_url: str) -> None:
    """Redirect every request for the vendor to our server."""
    original = requests.Session.request

    def request(session: requests.Session, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        if not url.startswith(VENDOR):
            raise ValueError(f"a request to another server: {url}")
        return original(session, method, base_url + url.removeprefix(VENDOR), *arguments, **options)

    requests.Session.request = request  # type: ignore[method-assign]


def run(command: str, arguments: dict[str, Any]) -> Any:
    """Return the JSON that a command prints."""
    module, function = FUNCTIONS[command]
    given = {"email": None, "domain": None, "password": None, "fields": None, "page": None, "output": None}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        called = getattr(importlib.import_module(f"rackmail.subcommands.{module}"), function)
        called(Namespace(command=command, webmail_url=None, **{**given, **arguments}))
    text = printed.getvalue()
    return json.loads(text[text.index("{") :])


if __name__ == "__main__":
    send_on(sys.argv[1])
    for command, arguments in json.loads(sys.argv[2]):
        print(json.dumps(run(command, arguments)))  # noqa: T201  # how it answers
