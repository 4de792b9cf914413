"""The rules that hold the parts apart, proven on the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mockmail

SOURCE = Path(mockmail.__file__).parent
VENDORS = sorted(path.name for path in (SOURCE / "vendors").iterdir() if (path / "__init__.py").exists())
FILES = sorted(SOURCE.rglob("*.py"))
SHARED = [path for path in FILES if SOURCE / "vendors" not in path.parents]

MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict"}
MUTATING = {
    "append", "add", "update", "setdefault", "pop", "popitem", "clear", "extend", "insert", "remove", "discard", "sort",
}  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports_of(path: Path) -> set[str]:
    """The dotted names of every module that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(path)}


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_there_are_vendors_to_be_kept_apart():
    assert {"atmail", "rackspace"} <= set(VENDORS)


@pytest.mark.parametrize("path", SHARED, ids=name_of)
def test_what_is_shared_names_no_vendor(path):
    # Short names are parts of other words; `my_vendor` and `VendorDialect` still count.
    names = "|".join(name if len(name) > 3 else rf"(?<![a-z]){name}(?![a-z])" for name in VENDORS)
    named = re.findall(names, path.read_text("utf-8"), re.IGNORECASE)
    assert named == []


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("core", {"aiohttp", "asyncio", "aiosmtpd", "aiosmtplib", "socket", "threading", "lxml"}),
        ("wire", {"aiohttp", "asyncio", "aiosmtpd", "aiosmtplib", "socket", "threading", "tinydb"}),
        ("vendors", {"aiohttp", "asyncio", "aiosmtpd", "aiosmtplib", "socket", "threading"}),
    ],
)
def test_a_part_does_not_import_what_it_must_not_know(folder, forbidden):
    guilty = {name_of(path): sorted(imported_tops(path) & forbidden) for path in (SOURCE / folder).rglob("*.py")}
    assert {name: found for name, found in guilty.items() if found} == {}


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("core", {"mockmail.core", "mockmail._version"}),
        ("wire", {"mockmail.wire", "mockmail.core"}),
        ("vendors", {"mockmail.vendors", "mockmail.wire", "mockmail.core"}),
    ],
)
def test_a_part_imports_only_what_stands_below_it(folder, allowed):
    for path in (SOURCE / folder).rglob("*.py"):
        ours = {".".join(name.split(".")[:2]) for name in imports_of(path) if name.startswith("mockmail.")}
        assert ours <= allowed, name_of(path)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_imports_no_other_vendor(vendor):
    others = tuple(f"mockmail.vendors.{name}" for name in VENDORS if name != vendor)
    for path in (SOURCE / "vendors" / vendor).rglob("*.py"):
        assert [name for name in imports_of(path) if name.startswith(others)] == [], name_of(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_module_keeps_no_state(path):
    tree = tree_of(path)
    assert [node.names for node in ast.walk(tree) if isinstance(node, ast.Global)] == []
    containers = {name: value for statement in tree.body for name, value in container_of(statement)}
    empty = [name for name, value in containers.items() if is_empty(value)]
    assert empty == [], "an empty container of a module is there to be filled"
    assert sorted(set(containers) & changed_names(tree)) == []


def container_of(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    """The names that a statement of a module binds to something that can be changed."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return []
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    is_call = isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] in MUTABLE_CALLS
    if not isinstance(value, displays) and not is_call:
        return []
    return [(target.id, value) for target in targets if isinstance(target, ast.Name) and target.id != "__all__"]


def is_empty(value: ast.expr) -> bool:
    parts = {ast.List: "elts", ast.Set: "elts", ast.Dict: "keys", ast.Call: "args"}
    return type(value) in parts and not getattr(value, parts[type(value)])


def changed_names(tree: ast.Module) -> set[str]:
    """The names whose content something in a module changes."""
    changed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed.add(dotted(node.value))
        elif isinstance(node, ast.AugAssign):
            changed.add(dotted(node.target))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING:
            changed.add(dotted(node.func.value))
    return changed


UNREPEATABLE = (
    r"(datetime\.)*(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime|gmtime|ctime)"
    r"|(uuid\.)?uuid[14]|os\.urandom|random\..*|secrets\..*"
)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_module_defines_a_constant_once(path):
    assigned = [
        target.id
        for node in tree_of(path).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]

    assert len(assigned) == len(set(assigned))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_time_and_chance_come_from_their_own_modules(path):
    if name_of(path) in ("core/clock.py", "core/ids.py"):
        return
    called = [dotted(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    assert [name for name in called if re.fullmatch(UNREPEATABLE, name)] == []
    assert imports_of(path) & {"random", "secrets", "uuid.uuid4", "time.time"} == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) < 400


def modules_of(statement: str) -> set[str]:
    """Return the modules that a statement imports; coverage may have loaded others before."""
    code = f"import sys; before = set(sys.modules); {statement}; print('\\n'.join(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return {name.strip() for name in done.stdout.splitlines()}


HEAVY = {
    "aiohttp",
    "lxml",
    "tinydb",
    "sqlite3",
    "aiosmtpd",
    "aiosmtplib",
    "trustme",
    "jinja2",
    "yaml",
    "prometheus_client",
}


def test_importing_mockmail_imports_nothing_heavy():
    assert modules_of("import mockmail") & (HEAVY | {"asyncio"}) == set()


def test_importing_the_pytest_plugin_imports_nothing_heavy():
    before = modules_of("import pytest")
    ours = modules_of("import mockmail.pytest_plugin") - before
    assert ours == {"mockmail", "mockmail._version", "mockmail.pytest_plugin"}


def test_what_is_exported_is_there_and_nothing_else():
    assert [getattr(mockmail, name) is not None for name in mockmail.__all__] == [True] * len(mockmail.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = mockmail.nonsense
