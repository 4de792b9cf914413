"""`mockmail operations`: what is served, how that is known, and what is not."""

from __future__ import annotations

import argparse

from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.core.vendor import Vendor
from mockmail.server.discovery import VendorNotUsable

NAME = "operations"
HELP = "list every operation: method, path, evidence; and what is not emulated, with the reason"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One vendor, or all."""
    parser.add_argument("vendor", metavar="VENDOR", nargs="?")
    add_settings(parser, "%(prog)s [OPTION]... [VENDOR]")


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each operation."""
    vendors = vendors_of(settings_of(parsed).settings)
    if parsed.vendor is not None and vendors.get(parsed.vendor) is None:
        raise VendorNotUsable(f"there is no vendor {parsed.vendor!r}; there are {', '.join(sorted(vendors.vendors))}")
    for vendor in sorted(vendors, key=lambda one: one.name):
        if parsed.vendor in (None, vendor.name):
            _show(vendor)
    return 0


def _show(vendor: Vendor) -> None:
    print(f"{vendor.name}: {vendor.title}, {len(vendor.operations)} operations")
    for operation in sorted(vendor.operations, key=lambda one: one.name):
        methods = ",".join(operation.methods)
        print(f"  {operation.name:32} {methods:20} {operation.evidence.value:11} {operation.path}")
    for missing in vendor.not_emulated:
        print(f"  {missing.name:32} {missing.method:20} not emulated {missing.path}: {missing.reason}")
