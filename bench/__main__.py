"""`python -m bench`: measure every claim about speed; `python -m bench atmail` measures the chosen modules only."""

from __future__ import annotations

import importlib
import sys

from bench.harness import compare

CLAIMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("a vendor's call has half the throughput of a bare aiohttp handler, JSON 0.6, an XML list of 50 rows 0.25",
     ("adaxes", "atmail", "onlyoffice", "rackspace", "spacedog")),
    ("a JSON send without a relay has half the throughput of a bare handler, 0.3 if the message is kept", ("senders",)),
    ("the same call costs at most 1.5 times as much with 100,000 records",
     ("adaxes", "atmail", "onlyoffice", "rackspace", "spacedog")),
    ("a list, a search or a wait for one message costs at most 1.5 times as much with 100,000 messages as with 100",
     ("search",)),
    ("a vendor's send through its relay is as fast as a handler that sends with aiosmtplib", ("adaxes",)),
    ("SMTP has 1.2 times the throughput of a bare aiosmtpd at 2 KB, 3 times at 1 MB", ("smtp",)),
    ("`mockmail serve` answers within 1.3 times the start of bare aiohttp, ahead of its competitors", ("start",)),
    ("the pytest fixture takes 1 ms a test, the plugin 5 ms a suite", ("fixture",)),
    ("mockmail is ahead of WireMock, Mockoon and moto_server at a stub of the same size", ("competitors",)),
    ("mockmail is ahead of every SMTP catcher that can be installed", ("competitors",)),
    ("mockmail takes 60 MB idle, and 6 KB for each stored message of 2 KB", ("memory",)),
)  # fmt: skip
"""Each claim, and the modules that measure it."""


def main(chosen: list[str]) -> None:
    """Print each claim, and measure each module once: its `cases`, and `measure` if it has one."""
    measured: set[str] = set()
    for claim, modules in CLAIMS:
        wanted = [module for module in modules if not chosen or module in chosen]
        if wanted:
            print(f"# {claim}")
        for module in wanted:
            if module not in measured:
                measured.add(module)
                _measure(module)


def _measure(module: str) -> None:
    loaded = importlib.import_module(f"bench.{module}")
    for case in loaded.cases() if hasattr(loaded, "cases") else ():
        compare(case)
    if hasattr(loaded, "measure"):
        loaded.measure()


if __name__ == "__main__":
    main(sys.argv[1:])
