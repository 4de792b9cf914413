"""`mockmail new-vendor NAME`: write the folders of a new vendor, which serves one sample operation."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from importlib.metadata import entry_points
from keyword import iskeyword
from pathlib import Path
from string import Template

from mockmail.core.errors import MockMailError
from mockmail.server.discovery import ENTRY_POINTS, built_in_names

NAME = "new-vendor"
HELP = "write the folders of a new vendor, ready to be filled in"

TEMPLATES = Path(__file__).parent / "vendor_template"
SUFFIX = ".template"
FORMATS = {
    "json": "JSON requests and responses (the default)",
    "form": "form-encoded requests, JSON responses",
    "xml": "form-encoded requests, XML responses",
}
LONGEST_NAME = 24
RESERVED = ("bind", "json", "vendor")
"""Names whose classes would hide a class that the written code imports."""


class NewVendorError(MockMailError):
    """The folders of a new vendor cannot be written: the message says why and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the vendor's name, its wire format and the folder."""
    parser.add_argument("name", metavar="NAME", help="the package's name, such as sendwell or mail_barn")
    formats = parser.add_mutually_exclusive_group()
    for name, words in FORMATS.items():
        formats.add_argument(f"--{name}", dest="format", action="store_const", const=name, default="json", help=words)
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="write DIR/NAME and DIR/tests/NAME, for `--vendors-dir DIR` (default: the checkout in the current folder)",
    )


def run(parsed: argparse.Namespace) -> int:
    """Write the folders and print what to do next. Raise NewVendorError."""
    name, folder = parsed.name, parsed.folder
    _check_name(name)
    vendor, tests = _folders(name, folder)
    for target in (vendor, tests):
        if target.exists():
            raise NewVendorError(f"{target} exists already; choose another name, or remove it first")
    names = {"name": name, "Class": "".join(map(str.capitalize, name.split("_"))), "PREFIX": name.upper()}
    names["body_type"] = "application/json" if parsed.format == "json" else "application/x-www-form-urlencoded"
    for part in ("all", parsed.format, *([] if folder is None else ["outside"])):
        _write(TEMPLATES / part / "vendor", vendor, names)
        _write(TEMPLATES / part / "tests", tests, names)
    print(f"wrote {vendor} and {tests}")
    if folder is None:
        print(f"`pytest tests/vendors/test_contract.py -k {name}` lists what is left to do; see ADDING_A_VENDOR.md")
    else:
        print(f"`mockmail serve --vendors-dir {folder}` serves it")
    return 0


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or iskeyword(name) or len(name) > LONGEST_NAME:
        raise NewVendorError(
            f"a vendor cannot be named {name[:80]!r}: use a Python identifier of up to {LONGEST_NAME} lower-case"
            " letters, digits and underscores"
        )
    if name in RESERVED:
        raise NewVendorError(f"a vendor cannot be named {name!r}: mockmail has classes of that name")
    if name in built_in_names() or name in entry_points(group=ENTRY_POINTS).names:
        raise NewVendorError(f"there is a vendor {name!r} already; choose another name")


def _folders(name: str, folder: Path | None) -> tuple[Path, Path]:
    if folder is not None:
        return folder / name, folder / "tests" / name
    vendors = Path("mockmail", "vendors")
    if not vendors.is_dir():
        raise NewVendorError(
            "the current folder is not a checkout of mockmail (it has no mockmail/vendors);"
            " go to one, or give a folder with --folder"
        )
    return vendors / name, Path("tests", "vendors", name)


def _write(template: Path, target: Path, names: Mapping[str, str]) -> None:
    for source in sorted(template.rglob(f"*{SUFFIX}")):
        path = target / Template(str(source.relative_to(template))).substitute(names).removesuffix(SUFFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(source.read_text("utf-8")).substitute(names), "utf-8")
