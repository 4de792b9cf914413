"""The OpenAPI documents are valid, true of the server, and good enough to generate a typed client from."""

from __future__ import annotations

import json
import os
import re
import shutil
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from control.response_examples import FILE, described_routes, record
from http_client import send_request
from node_packages import NODE_MODULES

from mockmail import MockMail
from mockmail.control.api import all_routes
from mockmail.core.bounds import EventLimits
from mockmail.server.discovery import built_in_names, discover
from mockmail.server.server_settings import ServerSettings

HERE = Path(__file__).parent
SCHEMATHESIS = Path(sys.prefix) / "bin" / "schemathesis"
OPTIONS = (
    "--max-examples",
    "30",
    "--seed",
    "1",
    "--continue-on-failure",
    "--no-color",
    "--exclude-path",
    "/_mockmail/events",
)
CASES = 2000
TYPED = (HERE.parents[1] / "docs" / "typed.md").read_text("utf-8")
COMPILE = (
    *("node_modules/.bin/tsc", "client.ts", "--strict", "--noUncheckedIndexedAccess"),
    *("--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"),
)
needs_packages = pytest.mark.skipif(
    shutil.which("node") is None or not NODE_MODULES.exists(),
    reason="node, or what it needs, is not installed: make node-packages",
)

pytestmark = pytest.mark.mockmail(strict=False)


def get(mm, path):
    response = send_request(mm.url, "GET", f"/_mockmail/{path}")
    assert response.status == 200, response.body
    return response.json


def test_document_of_the_control_api_is_valid(mockmail):
    validator = pytest.importorskip("openapi_spec_validator", reason="openapi-spec-validator is not installed")

    validator.validate(get(mockmail, "openapi.json"))


def test_every_reference_leads_somewhere(mockmail):
    document = get(mockmail, "openapi.json")
    references = set(re.findall(r'"\$ref": "#/components/(\w+)/(\w+)"', json.dumps(document)))

    assert ("schemas", "MessageDetails") in references
    assert [name for kind, name in references if name not in document["components"][kind]] == []
    unused = [name for name in document["components"]["schemas"] if ("schemas", name) not in references]
    assert unused == []


def test_every_call_has_a_tag_and_schemas(mockmail):
    document = get(mockmail, "openapi.json")
    tags = [tag["name"] for tag in document["tags"]]

    assert all(tag["description"] for tag in document["tags"])
    assert [server["url"] for server in document["servers"]] == ["/", "/~{sandbox}"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            success = next(iter(operation["responses"].values()))
            assert operation["tags"][0] in tags
            assert "content" in success or success["description"] == "Done.", path


def test_response_always_has_its_fields_and_a_body_may_leave_them_out(mockmail):
    schemas = get(mockmail, "openapi.json")["components"]["schemas"]

    assert schemas["SmtpRules"]["required"] == []
    assert schemas["SmtpRulesResponse"]["required"] == list(schemas["SmtpRules"]["properties"])
    assert schemas["SentBySummary"]["required"] == ["client"]


@pytest.mark.parametrize(
    "route", [route for route in all_routes() if route.body not in (None, bytes)], ids=lambda route: route.summary
)
def test_example_of_a_body_is_accepted(mockmail, send, route):
    send(mockmail, "Welcome")
    send_request(mockmail.url, "GET", "/v1/customers")
    email = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x"}
    token = {"X-Postmark-Server-Token": mockmail.postmark.credentials["server_token"]}
    send_request(mockmail.url, "POST", "/email", json=email, headers=token)
    described = get(mockmail, "openapi.json")["paths"][f"/_mockmail/{route.path}"][route.method.lower()]
    example = described["requestBody"]["content"]["application/json"]["example"]

    sent = mockmail.inbox.wait_for(to="b@example.org").id
    path = f"/_mockmail/{route.path}".replace("{id}", sent)
    response = send_request(mockmail.url, route.method, path, json=example)

    assert response.status == next(iter(route.responses)), response.body


def test_examples_of_responses_fit_their_schemas(mockmail):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    document = get(mockmail, "openapi.json")

    for route in described_routes():
        operation = document["paths"][f"/_mockmail/{route.path}"][route.method.lower()]
        content = operation["responses"][str(next(iter(route.responses)))]["content"]["application/json"]
        schema = content["schema"] | {"components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(content["example"])


def test_examples_of_responses_are_like_those_of_a_server():
    recorded = json.loads(FILE.read_text("utf-8"))

    assert shape(recorded) == shape(record()), "run: PYTHONPATH=tests python tests/control/response_examples.py"


def shape(value):
    """Return a JSON value with the kind of each value in place of the value."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


@pytest.mark.parametrize("vendor", built_in_names())
def test_document_of_a_vendor_describes_its_operations(mockmail, vendor):
    document = get(mockmail, f"openapi/{vendor}.json")
    served = discover(only=[vendor]).named(vendor)
    described = {
        operation["operationId"]: (method.upper(), path, operation["summary"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

    for operation in served.operations:
        path = operation.path.replace("*}", "}")
        assert described[operation.name] == (operation.methods[0], path, operation.summary)
    assert document["servers"][0]["url"] == f"/{vendor}"
    assert len(document["x-not-emulated"]) == len(served.not_emulated)


@pytest.mark.parametrize("vendor", built_in_names())
def test_document_of_a_vendor_is_valid(mockmail, vendor):
    validator = pytest.importorskip("openapi_spec_validator", reason="openapi-spec-validator is not installed")

    validator.validate(get(mockmail, f"openapi/{vendor}.json"))


def test_document_of_a_vendor_describes_parameters_and_bodies(mockmail):
    document = get(mockmail, "openapi/rackspace.json")
    index = document["paths"]["/v1/customers/{account}/domains/{domain}/ex/mailboxes"]["get"]
    add = document["paths"]["/v1/customers/{account}/domains/{domain}/ex/mailboxes/{name}"]["post"]

    assert [parameter["name"] for parameter in index["parameters"]][:4] == ["account", "domain", "size", "offset"]
    assert list(add["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]
    assert document["components"]["schemas"]["PermissionForm"]["type"] == "object"


def test_document_of_an_unknown_vendor_is_404(mockmail):
    response = send_request(mockmail.url, "GET", "/_mockmail/openapi/nobody.json")

    assert response.status == 404
    assert response.json["error"].startswith("there is no vendor 'nobody'; there are ")


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="schemathesis is not installed")
def test_schemathesis_finds_nothing(tmp_path):
    with MockMail(settings=ServerSettings(max_sandboxes=100_000, events=EventLimits(webhooks=100_000))) as mm:
        with smtplib.SMTP(mm.smtp_host, mm.smtp_port, timeout=20) as smtp:
            smtp.sendmail("shop@example.com", "jane@example.com", "Subject: Welcome\r\n\r\nHello\r\n")
        send_request(mm.url, "GET", "/nowhere")
        done = subprocess.run(
            [SCHEMATHESIS, "run", f"{mm.url}/_mockmail/openapi.json", "--url", mm.url, *OPTIONS],
            env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE / "schemathesis")},
            cwd=shutil.copytree(HERE / "schemathesis", tmp_path / "run"),
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    [generated] = re.findall(r"(\d+) generated", done.stdout)
    assert int(generated) >= CASES


@pytest.fixture
def typescript(tmp_path):
    """A folder for TypeScript's modules."""
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    return tmp_path


@needs_packages
def test_generated_typescript_client_compiles_and_runs(mockmail, typescript):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.login("~typed", "any")
        smtp.sendmail("shop@example.com", "jane@example.com", "Subject: Welcome\r\n\r\nHello\r\n")
    (typescript / "openapi.json").write_text(json.dumps(get(mockmail, "openapi.json")), "utf-8")
    shutil.copy(HERE / "typescript" / "client.ts", typescript)

    run(typescript, "node_modules/.bin/openapi-typescript", "openapi.json", "--output", "control.d.ts")
    run(typescript, *COMPILE)
    said = json.loads(run(typescript, "node", "client.js", mockmail.url))

    assert said == {
        "used": 0,
        "subjects": ["Welcome"],
        "sentBy": "smtp",
        "error": "count must be an integer >= 1, not 0",
        "now": "2026-01-31T12:00:00+00:00",
        "reset": 204,
    }


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TYPED, re.DOTALL)


@needs_packages
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_typescript_of_the_docs_compiles_and_runs(mockmail, typescript):
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.login("~mine", "any")
        smtp.sendmail("shop@example.com", "jane@example.com", "Subject: Welcome\r\n\r\nHello\r\n")
    fetch, generate = blocks("sh")
    [client] = blocks("ts")
    (typescript / "client.ts").write_text(client, "utf-8")

    for line in fetch.replace("http://127.0.0.1:8025", mockmail.url).splitlines():
        run(typescript, *line.split())
    run(typescript, *generate.replace("npx ", "node_modules/.bin/").split())
    run(typescript, *COMPILE)

    assert run(typescript, "node", "client.js", mockmail.url) == "Hello\n\n"
    assert json.loads((typescript / "postmark.json").read_text("utf-8"))["info"]["title"] == "Postmark"
    assert [fault.status for fault in mockmail.sandbox("mine").faults] == [503]


def test_python_of_the_docs_passes(pytester):
    pytester.makepyfile(blocks("python")[0])
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)
