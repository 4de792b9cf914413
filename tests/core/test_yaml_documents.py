"""Seeds in YAML."""

from __future__ import annotations

import json

import pytest

from mockmail.core.errors import SeedError
from mockmail.core.seeds import SeedDocument
from mockmail.core.state import yaml_documents
from mockmail.core.state.yaml_documents import strict_yaml


def test_yaml_has_the_types_of_json():
    text = """
    date: 2030-01-31
    time: 2030-01-31T12:00:00Z
    yes: yes
    mode: 0755
    hex: 0x10
    number: -12
    ratio: 0.5
    big: 1e3
    true: true
    nothing: null
    empty:
    tilde: ~
    list: [a, "1"]
    quoted: "1"
    """.replace("yes: yes", "'yes': yes").replace("true: true", "'true': true")

    assert strict_yaml(text) == {
        "date": "2030-01-31", "time": "2030-01-31T12:00:00Z", "yes": "yes", "mode": "0755", "hex": "0x10",
        "number": -12, "ratio": 0.5, "big": 1000.0, "true": True, "nothing": None, "empty": None, "tilde": None,
        "list": ["a", "1"], "quoted": "1",
    }  # fmt: skip


def test_every_json_document_is_yaml():
    document = {"a": [1, -2.5, 1e300, True, None, "x", "Größe\n", {"b": {}}], "c": []}

    assert strict_yaml(json.dumps(document)) == document


def test_anchors_and_merges_repeat_values():
    assert strict_yaml("base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}\nsame: *base\n") == {
        "base": {"a": 1, "b": 2},
        "other": {"a": 1, "b": 3},
        "same": {"a": 1, "b": 2},
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", "line 1: expected the node content, but found '<stream end>'"),
        ("a: 1\na: 2\n", "line 2: an object has the name 'a' twice"),
        ("x:\n  1: a\n", "line 2: a name must be a string; write it in quotes"),
        ("a: !!python/object/apply:os.system [id]", "line 1: could not determine a constructor for the tag"),
        ("a: !!timestamp 2030-01-31", "a date is not a JSON value; write a string, number, list or object"),
        ("a: !!binary aGk=", "a bytes is not a JSON value; "),
        ("a: .inf\nb: !!float .inf", "inf is beyond the bounds of a number"),
        ("a: 1e999", "inf is beyond the bounds of a number"),
        ("a: 1\n---\nb: 2\n", "line 2: but found another document"),
        ("a: *b", "line 1: found undefined alias 'b'"),
    ],
)
def test_invalid_yaml_is_refused(text, complaint):
    with pytest.raises(ValueError, match=r".") as caught:
        strict_yaml(text)
    assert str(caught.value).startswith(complaint)


def test_aliases_that_multiply_end_at_the_bound(monkeypatch):
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, 5)]
    text = "\n".join(["l0: &l0 [x]", *levels])
    strict_yaml(text)
    monkeypatch.setattr(yaml_documents, "MAX_VALUES", 20_000)

    with pytest.raises(ValueError, match="more than 20000 values"):
        strict_yaml(text)


def test_list_within_itself_is_refused(monkeypatch):
    monkeypatch.setattr(yaml_documents, "MAX_VALUES", 1000)

    with pytest.raises(ValueError, match="more than 1000 values"):
        strict_yaml("a: &a [*a]")


@pytest.mark.parametrize("name", ["seed.yaml", "seed.yml"])
def test_seed_file_in_yaml_is_read(tmp_path, name):
    (tmp_path / name).write_text(
        "# our company\nvendors:\n  atmail:\n    domains:\n      - {domainId: 2, domainName: x.org}\n"
    )

    seed = SeedDocument.read(tmp_path / name)

    assert seed.vendors == {"atmail": {"domains": [{"domainId": 2, "domainName": "x.org"}]}}


@pytest.mark.parametrize("text", ["a: [", "[" * 5000])
def test_invalid_seed_file_in_yaml_is_refused(tmp_path, text):
    (tmp_path / "seed.yaml").write_text(text)

    with pytest.raises(SeedError, match=r"seed\.yaml: is not YAML \("):
        SeedDocument.read(tmp_path / "seed.yaml")
