"""Finding vendors: by folder under `mockmail/vendors`, in further folders, and by entry point."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from mockmail import vendors as built_in
from mockmail.core.errors import MockMailError
from mockmail.core.vendor import Registry, Vendor

ENTRY_POINTS = "mockmail.vendors"


class VendorNotUsable(MockMailError):
    """A vendor package cannot be taken: the message says which, and why."""


def discover(folders: Sequence[Path] = ()) -> Registry:
    """Every vendor there is: mockmail's own, those of installed packages, and those in `folders`.

    A folder holds vendor packages, as `mockmail/vendors` does. A name found twice is the later one's.
    Raises VendorNotUsable.
    """
    found = {vendor.name: vendor for vendor in (*_built_in(), *_installed(), *_in_folders(folders))}
    return Registry(found)


def _built_in() -> Iterator[Vendor]:
    for module in pkgutil.iter_modules(built_in.__path__):
        yield _vendor_of(importlib.import_module(f"{built_in.__name__}.{module.name}"), module.name)


def _installed() -> Iterator[Vendor]:
    for entry_point in entry_points(group=ENTRY_POINTS):
        vendor = entry_point.load()
        if not isinstance(vendor, Vendor):
            raise VendorNotUsable(f"the entry point {entry_point.value!r} ({ENTRY_POINTS}) is not a Vendor: {vendor!r}")
        yield vendor


def _in_folders(folders: Sequence[Path]) -> Iterator[Vendor]:
    for folder in folders:
        if not folder.is_dir():
            raise VendorNotUsable(f"{folder}: is not a folder of vendor packages")
        for package in sorted(path.parent for path in folder.glob("*/__init__.py")):
            yield _vendor_of(_import_from(package), package.name)


def _import_from(package: Path) -> object:
    name = f"{built_in.__name__}.{package.name}"
    spec = spec_from_file_location(name, package / "__init__.py", submodule_search_locations=[str(package)])
    if spec is None or spec.loader is None:
        raise VendorNotUsable(f"{package}: cannot be imported")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise VendorNotUsable(f"{package}: cannot be imported ({type(error).__name__}: {error})") from error
    return module


def _vendor_of(module: object, name: str) -> Vendor:
    vendor = getattr(module, "VENDOR", None)
    if not isinstance(vendor, Vendor):
        raise VendorNotUsable(f"the package {name!r} has no `VENDOR`, an instance of mockmail.core.vendor.Vendor")
    return vendor
