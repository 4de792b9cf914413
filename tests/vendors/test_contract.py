"""What every vendor keeps to, whoever it is."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.bounds import WorldSettings
from mockmail.core.errors import Problem
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Evidence
from mockmail.core.registry import Registry
from mockmail.core.routing import Match, VendorRouter, split_template
from mockmail.core.state.records import Record
from mockmail.core.world import World
from mockmail.server.discovery import discover, wanted_vendors

VENDORS = list(discover(only=wanted_vendors()))
STATUSES = (400, 401, 403, 404, 405, 413, 415, 429, 431, 500, 503)

pytestmark = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)


@pytest.fixture
def worlds():
    made = []

    def one(vendor, **settings):
        made.append(World(Registry({vendor.name: vendor}), WorldSettings(**settings)))
        made[-1].clock.freeze(datetime(2024, 2, 29, 12, tzinfo=UTC))
        return made[-1]

    yield one
    for world in made:
        world.close()


def test_operations_have_names_of_their_own(vendor):
    names = [one.name for one in (*vendor.operations, *vendor.not_emulated)]
    assert names == list(dict.fromkeys(names))
    served = [one.name for one in vendor.operations]
    assert [name for name in served if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", name)] == []
    assert served


def test_operations_say_how_they_are_known(vendor):
    for one in vendor.operations:
        assert one.evidence in Evidence
        assert one.source.strip(), one.name
        assert one.methods, one.name
        assert all(method == method.upper() for method in one.methods), one.name
        assert all(template.startswith("/") for template in one.templates), one.name


def segments_of(template):
    """The segments of a path that a template takes."""
    return [re.sub(r"{(\w+)\*?}", r"\1", segment) for segment in split_template(template)]


def test_path_roots_are_those_of_the_operations(vendor):
    roots = {split_template(template)[0] for operation in vendor.operations for template in operation.templates}
    assert set(vendor.path_roots) == roots


def test_operations_have_a_summary_and_a_typed_result(vendor):
    for operation in vendor.operations:
        assert len(operation.summary) > 5, operation.name
        assert "return" in inspect.get_annotations(inspect.unwrap(operation.handler)), operation.name


def test_every_operation_is_reached_by_its_own_path(vendor):
    router = VendorRouter(vendor)
    for one in vendor.operations:
        for template in one.templates:
            for method in one.methods:
                found = router.resolve(method, segments_of(template))
                assert isinstance(found, Match), (one.name, method, template)
                assert found.operation.name == one.name


def test_what_is_not_emulated_has_a_reason_and_is_not_served(vendor):
    router = VendorRouter(vendor)
    for one in vendor.not_emulated:
        assert len(one.reason) > 10, one.name
        assert not isinstance(router.resolve(one.method, segments_of(one.path)), Match), one.name


def test_a_client_is_told_credentials_and_where_to_go(vendor):
    told = {**vendor.credentials, **vendor.environment_at(f"http://127.0.0.1:8025/{vendor.name}")}
    assert told
    assert [name for name, value in told.items() if not (isinstance(value, str) and value.strip())] == []
    environment = vendor.environment_at(f"http://127.0.0.1:8025/{vendor.name}")
    assert any(f"http://127.0.0.1:8025/{vendor.name}" in value for value in environment.values())
    assert [name for name in environment if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name)] == []


def test_options_have_help_and_defaults(vendor):
    options = vendor.options_type()
    for one in dataclasses.fields(options):
        assert one.metadata["help"], one.name
    if dataclasses.fields(options):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(options, dataclasses.fields(options)[0].name, 1)


def test_models_are_frozen_records_with_tables_of_their_own(vendor):
    tables = [model.table for model in vendor.models]
    assert tables == list(dict.fromkeys(tables))
    assert "sequences" not in tables
    for model in vendor.models:
        assert issubclass(model, Record)
        assert model.__struct_config__.frozen, model


def test_the_seed_loads_and_a_snapshot_comes_back_byte_for_byte(vendor, worlds):
    world = worlds(vendor)
    state = json.dumps(world.snapshot())
    other = worlds(vendor)
    other.restore(json.loads(state))
    assert json.dumps(other.snapshot()) == state
    assert json.loads(state)["vendors"][vendor.name] == json.loads(json.dumps(other.store.dump(vendor)))
    world.reset()
    world.clock.freeze(datetime(2024, 2, 29, 12, tzinfo=UTC))
    assert json.dumps(world.snapshot()) == state


def test_two_worlds_of_one_seed_are_the_same(vendor, worlds):
    assert json.dumps(worlds(vendor, id_seed="x").snapshot()) == json.dumps(worlds(vendor, id_seed="x").snapshot())


def test_two_worlds_do_not_see_each_other(vendor, worlds):
    one, two = worlds(vendor), worlds(vendor)
    before = json.dumps(two.snapshot())
    one.ensure_seeded(vendor)
    one.store.clear()
    one.store.next_number(vendor.name, "contract")
    assert one.store.dump(vendor) == {"sequences": [{"name": "contract", "next": 2}]}
    assert json.dumps(two.snapshot()) == before


REQUESTS = {
    "plain": WireRequest("GET", "/", ("",)),
    "of a path that is served": None,
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
def test_the_dialect_words_any_problem_of_any_request(vendor, status, request_name):
    operation = vendor.operations[0] if request_name == "of a path that is served" else None
    template = vendor.operations[0].path
    request = REQUESTS[request_name] or WireRequest(
        vendor.operations[0].methods[0], "/" + "/".join(segments_of(template)), tuple(segments_of(template))
    )
    problem = Problem(status, "words <&\"'> \x00 \ud800 ü", {"Retry-After": "7"})
    answer = vendor.dialect.problem(request, operation, problem, vendor.options_type())
    assert isinstance(answer, WireResponse)
    assert isinstance(answer.body, bytes)
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in answer.headers)
    # A vendor may have a status of its own for what a client did wrong; a failure of the server stays what it is.
    assert answer.status in ({status} if status in (413, 415, 500, 503) else range(400, 500))
    if answer.status == status:
        assert dict(answer.headers).get("Retry-After") == "7"
    assert b"Traceback" not in answer.body
