"""mockmail: the test double for mail APIs.

Importing this package is cheap: heavy modules are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockmail._version import __version__

if TYPE_CHECKING:
    from mockmail.core.errors import MockMailError, SeedError, WaitTimeout
    from mockmail.core.mail.message import Message
    from mockmail.inprocess.mockmail import MockMail

__all__ = ["Message", "MockMail", "MockMailError", "SeedError", "WaitTimeout", "__version__"]

_HOMES = {
    "Message": "mockmail.core.mail.message",
    "MockMail": "mockmail.inprocess.mockmail",
    "MockMailError": "mockmail.core.errors",
    "SeedError": "mockmail.core.errors",
    "WaitTimeout": "mockmail.core.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mockmail' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
