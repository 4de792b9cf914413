"""The contract that every vendor keeps, and what is left to fill in of a new one.

`mockmail new-vendor` writes a vendor that keeps the contract. The tests at the end of this file list its texts that are
still to be filled in.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.bounds import WorldSettings
from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.masking_rules import looks_secret
from mockmail.core.operation import Evidence
from mockmail.core.registry import Registry
from mockmail.core.routing import Match, VendorRouter, split_template
from mockmail.core.state.records import Record
from mockmail.core.world import World
from mockmail.server.discovery import discover, wanted_vendors
from mockmail.wire.parameters import parameters

ROOT = Path(__file__).parents[2]
VENDORS = list(discover(only=wanted_vendors()))
STATUSES = (400, 401, 403, 404, 405, 408, 413, 415, 429, 431, 500, 503)

pytestmark = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)


@pytest.fixture
def worlds():
    made = []

    def new_world(vendor, **settings):
        world = World(Registry({vendor.name: vendor}), WorldSettings(**settings))
        made.append(world)
        world.clock.freeze(datetime(2024, 2, 29, 12, tzinfo=UTC))
        return world

    yield new_world
    for world in made:
        world.close()


def test_each_operation_has_a_name_of_its_own(vendor):
    names = [operation.name for operation in (*vendor.operations, *vendor.not_emulated)]
    served = [operation.name for operation in vendor.operations]

    assert names == list(dict.fromkeys(names))
    assert [name for name in served if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", name)] == []
    assert served


def test_each_operation_has_evidence_a_source_methods_and_paths(vendor):
    for operation in vendor.operations:
        assert operation.evidence in Evidence
        assert operation.source.strip(), operation.name
        assert operation.methods, operation.name
        assert all(method == method.upper() for method in operation.methods), operation.name
        assert all(template.startswith("/") for template in operation.templates), operation.name


def sources_in(notes):
    """Return the sources, clients and servers of section 0 of a page of wire notes, and the keys that stand for them.

    They are what is in backticks: repositories, packages, files. A row that has some may begin with their keys.
    """
    rows = notes.partition("\n## 0. Sources\n")[2].partition("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if "`" in row]
    names = {name for row in cells for cell in row for name in re.findall(r"`([^`]+)`", cell)}
    return names, {key for first, *_ in cells if "`" not in first for key in first.split(", ")}


def names_what_confirms(source, names, keys):
    """Return whether a citation has a name, or a key within parentheses: `NOTES 2 (cli, py)`."""
    cited = {key for group in re.findall(r"\(([^)]*)\)", source) for key in group.split(", ")}
    return bool(cited & keys) or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source) for name in names)


def test_confirmed_operation_names_its_source_its_client_or_its_server(vendor):
    notes = ROOT / "docs" / "wire" / f"{vendor.name}.md"
    names, keys = sources_in(notes.read_text("utf-8")) if notes.exists() else (set(), set())
    confirmed = [operation for operation in vendor.operations if operation.evidence is Evidence.CONFIRMED]

    advice = f"name in `source` what confirms it, as section 0 of docs/wire/{vendor.name}.md lists it in backticks"
    nameless = [operation for operation in confirmed if not names_what_confirms(operation.source, names, keys)]
    fail_for_each(
        vendor, [f"{operation.name} is confirmed by {operation.source!r}; {advice}" for operation in nameless]
    )


def segments_of(template):
    """Return the segments of a path that fits a template."""
    return [re.sub(r"{(\w+)\*?}", r"\1", segment) for segment in split_template(template)]


def test_path_roots_are_the_first_segments_of_the_operations(vendor):
    templates = [template for operation in vendor.operations for template in operation.templates]
    roots = {split_template(template)[0] for template in templates if template != "/" and not template.startswith("/#")}
    assert set(vendor.path_roots) - {""} == roots
    assert "" not in vendor.path_roots or "/" in templates


def test_operations_have_a_summary_and_a_typed_result(vendor):
    for operation in vendor.operations:
        assert len(operation.summary) > 5, operation.name
        assert "return" in inspect.get_annotations(inspect.unwrap(operation.handler)), operation.name


def test_every_operation_is_reached_by_its_own_path(vendor):
    router = VendorRouter(vendor)
    for operation in vendor.operations:
        for template in operation.templates:
            for method in operation.methods:
                found = router.resolve(method, segments_of(template))
                assert isinstance(found, Match), (operation.name, method, template)
                assert found.operation.name == operation.name


def test_omitted_operation_has_a_reason_and_is_not_served(vendor):
    router = VendorRouter(vendor)
    for omitted in vendor.not_emulated:
        assert len(omitted.reason) > 10, omitted.name
        for template in omitted.templates:
            assert not isinstance(router.resolve(omitted.method, segments_of(template)), Match), (
                omitted.name,
                template,
            )


def test_environment_has_the_url_and_no_empty_value(vendor):
    environment = vendor.environment_at(f"http://127.0.0.1:8025/{vendor.name}")
    values = {**vendor.credentials, **environment}

    assert [name for name, value in values.items() if not (isinstance(value, str) and value.strip())] == []
    assert any(f"http://127.0.0.1:8025/{vendor.name}" in value for value in environment.values())
    assert [name for name in environment if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name)] == []


def test_each_option_has_help_and_a_default(vendor):
    options = vendor.options_type()
    for option in dataclasses.fields(options):
        assert option.metadata["help"], option.name
    if dataclasses.fields(options):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(options, dataclasses.fields(options)[0].name, 1)


def names_in(model):
    """Return the wire names of the parameters of a model and of the models in it."""
    if not dataclasses.is_dataclass(model):
        return set()
    known = parameters(model)
    return {parameter.name for parameter in known}.union(*(names_in(parameter.type) for parameter in known))


def test_each_parameter_that_looks_secret_is_declared_as_a_secret_or_not(vendor):
    for operation in vendor.operations:
        declared = {name.casefold() for name in (*operation.secrets, *operation.not_secret)}
        undeclared = {
            name for name in names_in(operation.params) if looks_secret(name) and name.casefold() not in declared
        }
        fail_for_each(
            vendor, [f"{operation.name} has {name}: add it to `secrets` or to `not_secret`" for name in undeclared]
        )


def test_each_path_value_that_names_a_secret_is_in_the_path(vendor):
    for operation in vendor.operations:
        named = [entry for entry in operation.secrets if entry.startswith("{")]
        assert all(entry in split_template(template) for entry in named for template in operation.templates)


def test_models_are_frozen_records_with_tables_of_their_own(vendor):
    tables = [model.table for model in vendor.models]
    assert tables == list(dict.fromkeys(tables))
    assert "sequences" not in tables
    for model in vendor.models:
        assert issubclass(model, Record)
        assert model.__struct_config__.frozen, model


def test_restored_snapshot_of_the_seed_is_the_same_byte_for_byte(vendor, worlds):
    world, other = worlds(vendor), worlds(vendor)
    state = json.dumps(world.snapshot())

    other.restore(json.loads(state))

    assert json.dumps(other.snapshot()) == state
    assert json.loads(state)["vendors"][vendor.name] == json.loads(json.dumps(other.store.dump(vendor)))


def test_reset_brings_back_the_seed(vendor, worlds):
    world = worlds(vendor)
    state = json.dumps(world.snapshot())

    world.reset()

    world.clock.freeze(datetime(2024, 2, 29, 12, tzinfo=UTC))
    assert json.dumps(world.snapshot()) == state


def test_two_worlds_with_the_same_id_seed_are_equal(vendor, worlds):
    assert json.dumps(worlds(vendor, id_seed="x").snapshot()) == json.dumps(worlds(vendor, id_seed="x").snapshot())


def test_change_in_one_world_does_not_show_in_another(vendor, worlds):
    changed, untouched = worlds(vendor), worlds(vendor)
    before = json.dumps(untouched.snapshot())
    changed.ensure_seeded(vendor)

    changed.store.clear()
    changed.store.next_number(vendor.name, "contract")

    assert changed.store.dump(vendor) == {"sequences": [{"name": "contract", "next": 2}]}
    assert json.dumps(untouched.snapshot()) == before


REQUESTS = {
    "plain": WireRequest("GET", "/", ("",)),
    "of a served path": None,
    "odd": WireRequest(
        "NONSENSE",
        "/%ff/%00//",
        ("\ufffd", "\0", "", ""),
        query="a=%ff&a&=&%",
        headers=CIMultiDictProxy(
            CIMultiDict(
                {
                    "Accept": "\udcff;q=x,,*/*",
                    "Content-Type": "\udcff/;charset=\0",
                    "Authorization": "Basic !",
                    "Cookie": "=;;",
                }
            )
        ),
        body=b"\xff\x00",
    ),
    "long": WireRequest("GET", "/" + "x/" * 5000, ("x",) * 5000),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("request_name", REQUESTS)
def test_dialect_has_a_response_for_each_problem_and_request(vendor, status, request_name):
    operation = vendor.operations[0] if request_name == "of a served path" else None
    template = vendor.operations[0].path
    request = REQUESTS[request_name] or WireRequest(
        vendor.operations[0].methods[0], "/" + "/".join(segments_of(template)), tuple(segments_of(template))
    )
    problem = Problem(status, "words <&\"'> \x00 \ud800 ü", {"Retry-After": "7"})
    response = vendor.dialect.problem(request, operation, problem, vendor.options_type())
    assert isinstance(response, WireResponse)
    assert isinstance(response.body, bytes)
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in response.headers)
    # A vendor may have its own status for a client's error; a server's error keeps its status.
    assert response.status in ({status} if status in (413, 415, 500, 503) else range(400, 500))
    if response.status == status:
        assert dict(response.headers).get("Retry-After") == "7"
    assert b"Traceback" not in response.body


FILL_IN = "(fill in)"
SAMPLE_CREDENTIAL = "change-me"
SAMPLE_SUMMARY = "Send the sample message"
ASSUMED_SECTION = re.compile(r"^## [^\n]*assum[^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL | re.IGNORECASE)
TABLE_HEAD = re.compile(r"^\|( what \| decided |[ -]+\|[ -]+)\|$", re.MULTILINE)


def readme_of(vendor):
    """Return the README of a vendor's package."""
    module = sys.modules[type(vendor).__module__]
    return (Path(module.__file__).parent / "README.md").read_text("utf-8")


def fail_for_each(vendor, messages):
    """Fail with the messages, and without a traceback; pass if there are none."""
    if messages:
        pytest.fail("\n".join(f"{vendor.name}: {message}" for message in messages), pytrace=False)


def test_title_is_not_the_sample(vendor):
    samples = [vendor.title] if FILL_IN in vendor.title else []

    fail_for_each(
        vendor, [f"vendor.py has the title {title!r}; write the vendor's name for its product" for title in samples]
    )


def test_credentials_are_not_the_sample(vendor):
    samples = [name for name, value in vendor.credentials.items() if value == SAMPLE_CREDENTIAL]

    advice = "write the one of the vendor's documentation, in vendor.py and in seed.json"
    fail_for_each(vendor, [f"the credential {name} is {SAMPLE_CREDENTIAL!r}; {advice}" for name in samples])


def test_summary_is_not_the_sample(vendor):
    samples = [operation.name for operation in vendor.operations if operation.summary == SAMPLE_SUMMARY]

    advice = "write what the operation does"
    fail_for_each(vendor, [f"the handler of {name} has the docstring {SAMPLE_SUMMARY!r}; {advice}" for name in samples])


def test_cited_wire_notes_exist(vendor):
    cited = {
        notes for operation in vendor.operations for notes in re.findall(r"docs/wire/[\w-]+\.md", operation.source)
    }
    missing = sorted(notes for notes in cited if not (ROOT / notes).exists())

    advice = "write down what is known of the wire format, with its sources (docs/wire/README.md)"
    fail_for_each(vendor, [f"operations.py cites {notes}, which does not exist; {advice}" for notes in missing])


def test_reason_for_an_omission_is_not_the_sample(vendor):
    samples = [omitted.name for omitted in vendor.not_emulated if FILL_IN in omitted.reason]

    advice = "name what the vendor has and mockmail does not serve, each with a reason"
    fail_for_each(vendor, [f"operations.py has no reason for omitting {name}; {advice}" for name in samples])


def test_readme_has_nothing_left_to_fill_in(vendor):
    lines = enumerate(readme_of(vendor).splitlines(), start=1)

    fail_for_each(vendor, [f"README.md, line {number}: {line}" for number, line in lines if FILL_IN in line])


def test_readme_lists_what_is_assumed(vendor):
    section = ASSUMED_SECTION.search(readme_of(vendor))
    decisions = "" if section is None else TABLE_HEAD.sub("", section[1]).strip()

    advice = "list what you decided without a source"
    fail_for_each(vendor, [] if decisions else [f"README.md has no 'Assumed' section, or an empty one; {advice}"])


def test_golden_exchange_exists(vendor):
    goldens = list((ROOT / "fixtures" / vendor.name).glob("*.toml"))

    advice = "write one for each request that the vendor documents (tests/golden.py describes the format)"
    fail_for_each(vendor, [] if goldens else [f"fixtures/{vendor.name}/ has no golden exchange; {advice}"])
