"""The evidence of each operation names what it rests on (docs/wire/rackspace.md 0)."""

from __future__ import annotations

import re
from pathlib import Path

from mockmail.core.operation import Evidence
from mockmail.vendors.rackspace import VENDOR

NOTES = (Path(__file__).parents[3] / "docs" / "wire" / "rackspace.md").read_text("utf-8")
SOURCES = NOTES.partition("## 0. Sources")[2].partition("\n## ")[0]
KEYS = {key for cell in re.findall(r"^\| ([^|]+) \|", SOURCES, re.MULTILINE) for key in cell.split(", ")}


def test_confirmed_operation_names_a_client_and_a_documented_one_a_page():
    unnamed = []
    for operation in VENDOR.operations:
        keys = re.findall(r"[\w-]+", operation.source.partition("(")[2])
        if operation.evidence is Evidence.CONFIRMED and not (keys and set(keys) <= KEYS):
            unnamed.append(operation.name)
        if operation.evidence is Evidence.DOCUMENTED and "API documentation" not in operation.source:
            unnamed += [operation.name] * (not keys or not all(key in KEYS and key.startswith("W-") for key in keys))

    assert unnamed == []


def test_operation_without_a_shown_response_is_assumed():
    assumed = {operation.name for operation in VENDOR.operations if operation.evidence is Evidence.ASSUMED}

    nouns = {name.partition(".")[0] for name in assumed - {"rs_mailbox.login_token"}}
    assert "rs_mailbox.login_token" in assumed
    assert nouns == {"spam_list", "rs_spam_list", "domain_spam_list", "distribution_list"}
