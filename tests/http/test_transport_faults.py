"""Each transport fault, as seen by requests, httpx, aiohttp and Node's fetch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import aiohttp
import httpx
import pytest
import requests
from http_client import basic

from mockmail.core.faults import TransportFault

pytestmark = pytest.mark.mockmail(strict=False)

PATH = "/admin/index.php/api/users/rolelist"
HEADERS = {"Authorization": basic("admin", "changeme")}
WHOLE = "whole response"
NODE = shutil.which("node")
OFFLINE = {"NO_PROXY": "*", "no_proxy": "*"}


def requests_sees(url, timeout):
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.get(url, headers=HEADERS, timeout=timeout)
        except requests.RequestException as error:
            reason = error.args[0] if error.args else error
            cause = reason.args[-1] if getattr(reason, "args", ()) else reason
            return f"{type(error).__name__} {type(cause).__name__}"
    return WHOLE if response.status_code == 200 and response.content.endswith(b"</api>\n") else response.content


def httpx_sees(url, timeout):
    try:
        response = httpx.get(url, headers=HEADERS, timeout=timeout, trust_env=False)
    except httpx.HTTPError as error:
        return type(error).__name__
    return WHOLE if response.status_code == 200 and response.content.endswith(b"</api>\n") else response.content


async def aiohttp_sees(url, timeout):  # noqa: ASYNC109  # the timeout of the client
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout), headers=HEADERS) as session:
        try:
            async with session.get(url) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
    return WHOLE if response.status == 200 and content.endswith(b"</api>\n") else content


def fetch_sees(url, timeout):
    if NODE is None:
        pytest.skip("node is not installed")
    code = f"""
        fetch({json.dumps(url)}, {{ headers: {json.dumps(HEADERS)}, signal: AbortSignal.timeout({timeout * 1000}) }})
          .then(async response => response.status + " " + (await response.text()).trim().slice(-6))
          .catch(error => error.name + " " + (error.cause?.code ?? ""))
          .then(seen => {{ console.log(seen.trim()); process.exit(0); }});
    """
    environment = {**os.environ, **OFFLINE}
    done = subprocess.run([NODE, "-e", code], env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip().replace("200 </api>", WHOLE)


SEEN = {
    "reset": ("ConnectionError ConnectionResetError", "ReadError", "ClientOSError", "TypeError ECONNRESET"),
    "empty": (
        "ConnectionError RemoteDisconnected",
        "RemoteProtocolError",
        "ServerDisconnectedError",
        "TypeError UND_ERR_SOCKET",
    ),
    "garbage": (
        "ConnectionError BadStatusLine",
        "RemoteProtocolError",
        "ClientResponseError",
        "TypeError HPE_INVALID_CONSTANT",
    ),
    "malformed_chunk": (
        "ChunkedEncodingError InvalidChunkLength",
        "RemoteProtocolError",
        "ClientResponseError",
        "TypeError HPE_INVALID_CHUNK_SIZE",
    ),
    "truncated": (
        "ChunkedEncodingError IncompleteRead",
        "RemoteProtocolError",
        "ClientPayloadError",
        "TypeError UND_ERR_SOCKET",
    ),
    "dribble": (WHOLE, WHOLE, WHOLE, WHOLE),
    "timeout": ("ReadTimeout str", "ReadTimeout", "TimeoutError", "TimeoutError"),
}


def test_every_transport_fault_is_tested():
    assert set(SEEN) == {kind.value for kind in TransportFault}


@pytest.fixture
def target(mockmail, request):
    """The URL of a call that fails, and the timeout of the client."""
    kind = request.getfixturevalue("kind")
    # Every time, because aiohttp repeats a GET once when the connection is lost.
    mockmail.faults.add("atmail", transport=kind, throttle=100_000 if kind == "dribble" else None, times=None)
    return f"{mockmail.url}/atmail{PATH}", 0.5 if kind == "timeout" else 20


@pytest.mark.parametrize("kind", SEEN)
def test_requests_sees_the_transport_fault(target, kind):
    assert requests_sees(*target) == SEEN[kind][0]


@pytest.mark.parametrize("kind", SEEN)
def test_httpx_sees_the_transport_fault(target, kind):
    assert httpx_sees(*target) == SEEN[kind][1]


@pytest.mark.parametrize("kind", SEEN)
async def test_aiohttp_sees_the_transport_fault(target, kind):
    assert await aiohttp_sees(*target) == SEEN[kind][2]


@pytest.mark.parametrize("kind", SEEN)
def test_fetch_of_node_sees_the_transport_fault(target, kind):
    assert fetch_sees(*target) == SEEN[kind][3]
