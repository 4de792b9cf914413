"""Find vendors, in `mockmail/vendors`, in other folders and by entry point, and read their options."""

from __future__ import annotations

import dataclasses
import importlib
import os
import pkgutil
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from mockmail import vendors as built_in
from mockmail.core.errors import InvalidValue, MockMailError
from mockmail.core.registry import Registry
from mockmail.core.validation import convert
from mockmail.core.vendor import Vendor
from mockmail.server.settings import SettingError

ENTRY_POINTS = "mockmail.vendors"
VARIABLE = "MOCKMAIL_VENDORS"


class VendorNotUsable(MockMailError):
    """A vendor package cannot be used: the message says which one, and why."""


def discover(folders: Sequence[Path] = (), only: Collection[str] = ()) -> Registry:
    """Return mockmail's own vendors, those of installed packages, and those in `folders`.

    A folder contains vendor packages, like `mockmail/vendors`. If two vendors have one name, the later one counts.
    only: the names to import; empty for all.
    Raise VendorNotUsable, also for a name in `only` that does not exist.
    """
    found = {vendor.name: vendor for vendor in (*_built_in(only), *_installed(only), *_in_folders(folders, only))}
    for name in only:
        if name not in found:
            known = [*built_in_names(), *(entry.name for entry in entry_points(group=ENTRY_POINTS))]
            known += [package.name for folder in folders for package in _packages(folder)]
            raise VendorNotUsable(f"there is no vendor {name!r}; there are {', '.join(sorted(set(known)))}")
    return Registry(found)


def wanted_vendors() -> tuple[str, ...]:
    """Return the names in the environment variable MOCKMAIL_VENDORS, separated by commas; empty for all."""
    return tuple(name.strip() for name in os.environ.get(VARIABLE, "").split(",") if name.strip())


def built_in_names() -> list[str]:
    """Return the names of the vendors that come with mockmail."""
    return [module.name for module in pkgutil.iter_modules(built_in.__path__)]


def vendor_options(vendors: Registry, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return each vendor's options. Raise SettingError for an unknown vendor or option, or a value of a wrong type."""
    options = {}
    for name, values in given.items():
        vendor = vendors.get(name)
        if vendor is None:
            raise SettingError(f"options: there is no vendor {name!r}; there are {', '.join(vendors.vendors)}")
        options[name] = _options(vendor.options_type, values, f"options.{name}")
    return options


def _built_in(only: Collection[str]) -> Iterator[Vendor]:
    for name in built_in_names():
        if not only or name in only:
            yield _vendor_of(importlib.import_module(f"{built_in.__name__}.{name}"), name)


def _installed(only: Collection[str]) -> Iterator[Vendor]:
    for entry_point in entry_points(group=ENTRY_POINTS):
        if only and entry_point.name not in only:
            continue
        package = f" of {entry_point.dist.name}" if entry_point.dist is not None else ""
        source = f"the entry point {entry_point.value!r} ({ENTRY_POINTS}){package}"
        try:
            vendor = entry_point.load()
        except Exception as error:
            raise VendorNotUsable(f"{source} cannot be imported ({type(error).__name__}: {error})") from error
        if not isinstance(vendor, Vendor):
            raise VendorNotUsable(f"{source} is not a Vendor: {vendor!r}")
        yield vendor


def _in_folders(folders: Sequence[Path], only: Collection[str]) -> Iterator[Vendor]:
    for folder in folders:
        if not folder.is_dir():
            raise VendorNotUsable(f"{folder} is not a folder; name a folder of vendor packages")
        packages = _packages(folder)
        if not packages:
            raise VendorNotUsable(f"{folder} contains no vendor package, a folder with an __init__.py")
        for package in packages:
            if not only or package.name in only:
                yield _vendor_of(_import_from(package), package.name)


def _packages(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/__init__.py"))


def _import_from(package: Path) -> object:
    name = f"{built_in.__name__}.{package.name}"
    for loaded in [loaded for loaded in sys.modules if loaded == name or loaded.startswith(f"{name}.")]:
        del sys.modules[loaded]  # a vendor with the name of a built-in one must not use its modules
    spec = spec_from_file_location(name, package / "__init__.py", submodule_search_locations=[str(package)])
    if spec is None or spec.loader is None:
        raise VendorNotUsable(f"{package} cannot be imported")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise VendorNotUsable(f"{package} cannot be imported ({type(error).__name__}: {error})") from error
    return module


def _vendor_of(module: object, name: str) -> Vendor:
    vendor = getattr(module, "VENDOR", None)
    if not isinstance(vendor, Vendor):
        raise VendorNotUsable(f"the package {name!r} has no `VENDOR`, an instance of mockmail.core.vendor.Vendor")
    return vendor


def _options(model: Any, values: Mapping[str, Any], where: str) -> Any:
    known = [option.name for option in dataclasses.fields(model)]
    for name in values:
        if name not in known:
            raise SettingError(f"{where}: {name!r} is not an option; expected {', '.join(known) or 'none'}")
    try:
        return convert(values, model, where=where)
    except InvalidValue as error:
        raise SettingError(str(error)) from error
