"""`mockmail operations`: list the operations with their evidence, and those that mockmail does not serve."""

from __future__ import annotations

import argparse

from mockmail.cli.flags import add_settings, settings_of, vendors_of
from mockmail.core.vendor import Vendor

NAME = "operations"
HELP = "list every operation: method, path, evidence, summary and source; and those not served, with the reason"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the vendor."""
    parser.add_argument("vendor", metavar="VENDOR", nargs="?")
    add_settings(parser, "%(prog)s [OPTION]... [VENDOR]")


def run(parsed: argparse.Namespace) -> int:
    """Print two lines for each operation: its call and evidence, then its summary and source. Raise UnknownName."""
    vendors = vendors_of(settings_of(parsed).settings)
    chosen = [vendors.named(parsed.vendor)] if parsed.vendor is not None else vendors
    for vendor in sorted(chosen, key=lambda vendor: vendor.name):
        _show(vendor)
    return 0


def _show(vendor: Vendor) -> None:
    print(f"{vendor.name}: {vendor.title}, {len(vendor.operations)} operations")
    for operation in sorted(vendor.operations, key=lambda operation: operation.name):
        methods = ",".join(operation.methods)
        print(f"  {operation.name:32} {methods:20} {operation.evidence.value:11} {operation.path}")
        print("      " + f"{operation.summary} ({operation.source})".strip())
    for missing in vendor.not_emulated:
        print(f"  {missing.name:32} {missing.method:20} not emulated {missing.path}: {missing.reason}")
