"""Each citation in code, golden exchanges and docs resolves. docs/wire/README.md describes the forms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from mockmail.core.operation import Evidence, Operation
from mockmail.server.discovery import discover, wanted_vendors

ROOT = Path(__file__).parent.parent
WIRE = ROOT / "docs" / "wire"
PATTERNS = ("mockmail/**/*.py", "mockmail/vendors/*/README.md", "fixtures/**/*.toml", "docs/**/*.md", "tests/**/*.py")

NOTES = re.compile(r"docs/wire/([\w-]+)\.md`?((?:(?:, | and | )\d+(?:\.\d+)*)*)")
PAGE = re.compile(r'(\w+) API documentation((?:[,;] (?:and )?"[^"]+")*)')
PLACEHOLDER = re.compile(r"\{\w+\}")  # in an f-string: the operations' own test checks its values
SOURCE_FILE = re.compile(r"\b[A-Z]\w+\.(?:java|cs)\b")
ADAXES_PAGE = re.compile(r"adaxes\.com/(?:sdk|questions)/[\w.-]*\w|\bREST_[A-Z]\w+")
LEFTOVER = re.compile(r"(?<![\w/])(?<!\]\()wire/[\w-]+\.md|documentation/\w+\.txt")


def headings() -> dict[str, list[str]]:
    pages = tomllib.loads((WIRE / "pages.toml").read_text("utf-8"))
    return {page["name"]: page["headings"] for page in pages.values()}


def sections(notes: str) -> set[str]:
    """Return the numbers that headings and table rows of a page of notes begin with."""
    return set(re.findall(r"^(?:#+|\|) (\d+(?:\.\d+)*)\b", notes, re.MULTILINE))


def sources() -> str:
    """Return the sections of all pages of notes that list their sources."""
    texts = [path.read_text("utf-8") for path in sorted(WIRE.glob("*.md"))]
    return "\n".join(text.partition("## 0. Sources")[2].partition("\n## ")[0] for text in texts)


def unresolved(text: str) -> list[str]:
    """Return the citations in a text that do not resolve."""
    joined = re.sub(r"\s*\n\s*(?:# )?", " ", text)
    wrong = LEFTOVER.findall(joined)
    for vendor, numbers in NOTES.findall(joined):
        path = WIRE / f"{vendor}.md"
        known = sections(path.read_text("utf-8")) if path.exists() else None
        if known is None:
            wrong.append(f"docs/wire/{vendor}.md")
        else:
            wrong += [f"docs/wire/{vendor}.md {n}" for n in re.findall(r"[\d.]+", numbers) if n not in known]
    for name, cited in PAGE.findall(joined):
        for heading in re.findall(r'"([^"]+)"', cited):
            if not PLACEHOLDER.fullmatch(heading) and heading not in headings().get(name, ()):
                wrong.append(f'{name} API documentation, "{heading}"')
    listed = sources()
    return wrong + [name for name in (*SOURCE_FILE.findall(joined), *ADAXES_PAGE.findall(joined)) if name not in listed]


def citing_files() -> list[Path]:
    files = {path for pattern in PATTERNS for path in ROOT.glob(pattern)}
    examples = {*ROOT.glob("docs/how-to/*.md"), *ROOT.glob("docs/senders/*.md")}  # they name files of their own
    return sorted(files - examples - {Path(__file__), WIRE / "README.md"})


def operations() -> list[tuple[str, Operation]]:
    vendors = discover(only=wanted_vendors())
    return [(vendor.name, operation) for vendor in vendors for operation in vendor.operations]


def test_each_citation_resolves():
    wrong = {str(path.relative_to(ROOT)): unresolved(path.read_text("utf-8")) for path in citing_files()}

    assert {path: citations for path, citations in wrong.items() if citations} == {}


@pytest.mark.parametrize(
    "citation",
    [
        "docs/wire/nobody.md 1",
        "docs/wire/rackspace.md 1.99",
        "docs/wire/rackspace.md 1.2, 77",
        "docs/wire/rackspace.md 1 and 77",
        "`docs/wire/rackspace.md` 77",
        'atmail API documentation, "CREATE NOTHING"',
        'Nobody API documentation, "CREATE ACCOUNT"',
        "services/.../NoSuchResource.java",
        "adaxes.com/sdk/REST_NoSuchPage",
        "wire/" + "atmail.md 1",
        "documentation" + "/atmail.txt",
    ],
)
def test_broken_citation_is_found(citation):
    assert len(unresolved(f"Some text ({citation}).")) == 1


@pytest.mark.parametrize(
    "citation",
    [
        "docs/wire/rackspace.md 1.2, 4.4 and 3",
        'atmail API documentation, "CREATE ACCOUNT", success',
        "services/.../MailResource.java; docs/wire/spacedog.md 6.",
        "adaxes.com/sdk/REST_SendSMS, REST_OperationResult",
    ],
)
def test_sound_citation_is_accepted(citation):
    assert unresolved(f"Some text ({citation}).") == []


def test_each_operation_cites_a_section_a_heading_or_a_source():
    sourceless = [
        f"{vendor}: {operation.name}: {operation.source}"
        for vendor, operation in operations()
        if unresolved(operation.source) or not cites_something(operation.source)
    ]

    assert sourceless == []


def test_confirmed_operation_cites_more_than_the_vendors_page():
    page_only = [
        f"{vendor}: {operation.name}: {operation.source}"
        for vendor, operation in operations()
        if operation.evidence is Evidence.CONFIRMED and not cites_more_than_page(operation.source)
    ]

    assert page_only == []


def test_each_golden_exchange_cites_a_section_a_heading_or_a_source():
    goldens = {
        str(path.relative_to(ROOT)): tomllib.loads(path.read_text("utf-8"))
        for path in citing_files()
        if path.suffix == ".toml"
    }

    assert [name for name, golden in goldens.items() if not cites_something(golden["source"])] == []


def cites_something(source: str) -> bool:
    return cites_more_than_page(source) or any(cited for _, cited in PAGE.findall(source))


def cites_more_than_page(source: str) -> bool:
    return bool(
        any(numbers for _, numbers in NOTES.findall(source)) or SOURCE_FILE.search(source) or ADAXES_PAGE.search(source)
    )
