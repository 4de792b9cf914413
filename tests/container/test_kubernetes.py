"""examples/kubernetes/mockmail.yaml: its parts fit one another, the image and mockmail's settings."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest
import yaml

import mockmail as package
from mockmail.control.guard import Guard
from mockmail.core.seeds import SeedDocument
from mockmail.server.settings import fields

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "examples" / "kubernetes" / "mockmail.yaml"
PORTS = {"http": 8025, "smtp": 1025}


class UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that is twice in a mapping, as Kubernetes does."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"{keys} {node.start_mark}"
        return super().construct_mapping(node, deep)


@pytest.fixture(scope="module")
def objects():
    documents = yaml.load_all(MANIFEST.read_text("utf-8"), UniqueKeyLoader)  # it is a safe loader
    return {document["kind"]: document for document in documents}


@pytest.fixture(scope="module")
def pod(objects):
    return objects["Deployment"]["spec"]["template"]


@pytest.fixture(scope="module")
def container(pod):
    [container] = pod["spec"]["containers"]
    return container


def test_image_is_of_this_version(container):
    assert container["image"].rpartition("/")[2] == f"mockmail:{package.__version__}"


def test_every_selector_matches_the_pod(objects, pod):
    labels = pod["metadata"]["labels"]

    assert objects["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["selector"] == labels
    assert objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_ports_are_those_of_the_image(objects, container):
    service = objects["Service"]["spec"]["ports"]
    [allowed] = objects["NetworkPolicy"]["spec"]["ingress"]

    assert {port["name"]: port["containerPort"] for port in container["ports"]} == PORTS
    assert {port["name"]: port["port"] for port in service} == PORTS
    assert [port["targetPort"] for port in service] == list(PORTS)
    assert [port["port"] for port in allowed["ports"]] == list(PORTS.values())


def test_probes_request_a_path_that_answers(container, mockmail):
    probes = [container[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]

    assert {probe["port"] for probe in probes} == {"http"}
    [path] = {probe["path"] for probe in probes}
    with urllib.request.urlopen(f"{mockmail.url}{path}", timeout=20) as response:
        assert response.status == 200


def test_user_is_that_of_the_image_and_may_write_to_data_only(pod, container):
    user = re.search(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert user is not None
    context = pod["spec"]["securityContext"]

    assert (context["runAsUser"], context["runAsGroup"]) == tuple(map(int, user.groups()))
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    writable = [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["/data"]


def test_every_volume_is_mounted_and_defined(objects, pod, container):
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}

    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    assert volumes["seed"]["configMap"]["name"] == objects["ConfigMap"]["metadata"]["name"]


def test_variables_are_settings_and_the_control_api_accepts_the_names_of_the_service(container):
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    known = {f"MOCKMAIL_{field.name.upper()}" for field in fields()}

    assert {name for name in variables if name.startswith("MOCKMAIL_")} <= known
    guard = Guard(hosts=variables["MOCKMAIL_ALLOWED_HOSTS"].replace("$(NAMESPACE)", "tests").split(","))
    for name in ("mockmail", "mockmail.tests", "mockmail.tests.svc", "mockmail.tests.svc.cluster.local"):
        assert guard.allows_host(name), name
    assert not guard.allows_host("mockmail.other.svc")


def test_seed_is_one_that_a_server_takes(objects, tmp_path):
    [(name, text)] = objects["ConfigMap"]["data"].items()
    (tmp_path / name).write_text(text, "utf-8")

    assert SeedDocument.read(tmp_path / name).vendors == json.loads(text)["vendors"]
