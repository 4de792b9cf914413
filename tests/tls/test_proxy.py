"""The forward proxy: vendors at their real hosts, and no other host."""

from __future__ import annotations

import base64
import json
import socket
import ssl
from contextlib import closing, suppress

import httpx
import pytest
import requests
from tls.connections import finish, until

from mockmail.core.bounds import HttpLimits
from mockmail.core.errors import InvalidValue, UnknownName

DOMAINS = "/v1/customers/12345678/domains"
RACKSPACE = "api.emailsrvr.com"
REFUSED = "mockmail's proxy answers only for the hosts of its vendors ("


def open_proxy(mm):
    host, port = mm.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def ask(connection, *lines):
    """Send a request without a body, and return the status and body of its response."""
    connection.sendall("\r\n".join((*lines, "", "")).encode("latin-1"))
    head = b""
    while b"\r\n\r\n" not in head:
        block = connection.recv(1)
        assert block, head
        head += block
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return int(head.split()[1]), body.decode()


def via(mm, user=""):
    return {"http": f"http://{user}{mm.url.removeprefix('http://')}", "https": f"http://{user}{mm.url[7:]}"}


@pytest.fixture
def session(mm):
    """A session of requests that uses the proxy and trusts its CA."""
    with requests.Session() as opened:
        opened.trust_env, opened.verify = False, mm.ca_file
        opened.proxies = via(mm)
        yield opened


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_vendor_answers_at_its_real_host(mm, session, scheme):
    first = session.get(f"{scheme}://{RACKSPACE}{DOMAINS}?size=2", timeout=20)
    second = session.get(f"{scheme}://{RACKSPACE}{DOMAINS}", timeout=20)

    assert (first.status_code, first.headers["Server"]) == (403, "Microsoft-IIS/7.0")
    assert second.headers["x-error-message"] == "Authentication failed."
    assert [(exchange.vendor, exchange.operation) for exchange in mm.requests] == [("rackspace", "domain.index")] * 2
    assert (mm.requests[0].path, mm.requests[0].query) == (DOMAINS, "size=2")
    assert [exchange.scheme for exchange in mm.requests] == [scheme] * 2
    assert mm.requests[0].tls[:4] == ("TLSv" if scheme == "https" else "")


@pytest.mark.parametrize("host", ["API.emailsrvr.com", "api.emailsrvr.com.", "api.emailsrvr.com:443"])
def test_spelling_of_a_host_does_not_matter(mm, host):
    with closing(open_proxy(mm)) as connection:
        assert ask(connection, f"GET http://{host}{DOMAINS} HTTP/1.1", f"Host: {host}")[0] == 403
        assert mm.requests[0].vendor == "rackspace"


def test_host_decides_between_vendors_with_the_same_paths(serve):
    mm = serve(proxy_hosts={"ad.example.com": "adaxes"})
    with closing(open_proxy(mm)) as connection:
        for host in ("portal.onlyoffice.com", "AD.example.com", "test.spacedog.io"):
            ask(connection, f"GET http://{host}/api/nothing HTTP/1.1", f"Host: {host}")

    assert [exchange.vendor for exchange in mm.requests] == ["onlyoffice", "adaxes", "spacedog"]


def test_vendor_of_proxy_hosts_must_exist(mm, serve):
    with pytest.raises(UnknownName, match="there is no vendor 'nobody'"):
        serve(proxy_hosts={"ad.example.com": "nobody"})


@pytest.mark.parametrize("target", [f"{RACKSPACE}:443", f"{RACKSPACE}:8443", RACKSPACE])
def test_tunnel_is_in_tls_with_a_certificate_for_the_host(mm, target):
    with closing(open_proxy(mm)) as plain:
        assert ask(plain, f"CONNECT {target} HTTP/1.1", f"Host: {target}")[0] == 200
        with mm.ssl_context.wrap_socket(plain, server_hostname=RACKSPACE) as connection:
            assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403
            assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403

    assert [exchange.path for exchange in mm.requests] == [DOMAINS] * 2


def test_tunnel_to_port_80_is_plain(mm):
    with closing(open_proxy(mm)) as connection:
        assert ask(connection, f"CONNECT {RACKSPACE}:80 HTTP/1.1", f"Host: {RACKSPACE}:80")[0] == 200
        assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403
        assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403

    assert [exchange.scheme for exchange in mm.requests] == ["http"] * 2


def test_tunnel_of_http_1_0_stays_open(mm):
    with closing(open_proxy(mm)) as plain:
        assert ask(plain, f"CONNECT {RACKSPACE}:443 HTTP/1.0")[0] == 200
        with mm.ssl_context.wrap_socket(plain, server_hostname=RACKSPACE) as connection:
            assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403


def test_path_of_another_vendor_is_no_path_of_a_host(mm, session):
    session.get(f"https://{RACKSPACE}/atmail/admin/index.php/api/users/rolelist", timeout=20)

    assert [(exchange.vendor, exchange.operation) for exchange in mm.requests] == [("rackspace", None)]


class TestRefusals:
    """Hosts that are no vendor's."""

    def test_other_host_is_refused_with_a_sentence_and_listed(self, mm, session):
        plain = session.get("http://example.com/x?password=secret", timeout=20)
        with pytest.raises(requests.exceptions.ProxyError, match="403 Forbidden"):
            session.get("https://example.com/x", timeout=20)

        assert (plain.status_code, plain.headers["Server"]) == (403, "mockmail")
        assert plain.text.startswith(REFUSED)
        assert "not for 'example.com': exclude this host with NO_PROXY" in plain.text
        rows = [(exchange.method, exchange.path, exchange.status) for exchange in mm.requests.unmatched()]
        assert rows == [("GET", "http://example.com/x", 403), ("CONNECT", "example.com:443", 403)]
        assert mm.requests[0].nearest == [plain.text.rstrip()]
        shown = requests.get(f"{mm.url}/_mockmail/requests/unmatched", timeout=20).text
        assert "secret" not in shown

    def test_connection_stays_in_step_after_a_refusal(self, mm):
        with closing(open_proxy(mm)) as connection:
            status, body = ask(connection, "CONNECT example.com:443 HTTP/1.1", "Host: example.com:443")
            assert (status, body[: len(REFUSED)]) == (403, REFUSED)
            assert ask(connection, "GET http://example.com/ HTTP/1.1", "Host: example.com")[0] == 403
            assert ask(connection, "GET /_mockmail/health HTTP/1.1", "Host: localhost")[0] == 200

    @pytest.mark.parametrize("method", ["GET", "CONNECT"])
    def test_no_connection_is_made_to_the_host(self, mm, method):
        with socket.create_server(("127.0.0.1", 0)) as listener, closing(open_proxy(mm)) as connection:
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            target = f"http://{address}/" if method == "GET" else address
            assert ask(connection, f"{method} {target} HTTP/1.1", f"Host: {address}")[0] == 403
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()

    @pytest.mark.parametrize(
        "target",
        [
            "http://",
            "http://[::1/",
            "http://:80/",
            "http://a b/",
            "http://example.com:99999/",
            "https://x:y/",
            "http:///",
        ],
    )
    def test_broken_target_is_refused(self, mm, target):
        with closing(open_proxy(mm)) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert connection.recv(1024)[:10] == b"HTTP/1.1 4"
        assert requests.get(f"{mm.url}/_mockmail/health", timeout=20).status_code == 200

    @pytest.mark.parametrize("target", ["x", ":443", "[::1]:443", "example.com:x", f"{RACKSPACE}.evil.example:443"])
    def test_broken_tunnel_is_refused(self, mm, target):
        with closing(open_proxy(mm)) as connection:
            connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert connection.recv(1024)[:10] == b"HTTP/1.1 4"
        assert requests.get(f"{mm.url}/_mockmail/health", timeout=20).status_code == 200

    def test_server_itself_may_be_a_target(self, mm, session):
        assert session.get(f"{mm.url}/_mockmail/health", timeout=20).json()["status"] == "ok"
        assert session.get(f"{mm.url}/atmail/admin/", timeout=20).headers["Server"] == "Apache"
        with closing(open_proxy(mm)) as connection:
            port = mm.url.rpartition(":")[2]
            target = f"http://evil.example:{port}/_mockmail/health"
            assert ask(connection, f"GET {target} HTTP/1.1", f"Host: localhost:{port}")[0] == 403

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_control_api_is_not_served_at_a_vendors_host(self, mm, session, scheme):
        refused = session.get(f"{scheme}://{RACKSPACE}/_mockmail/health", timeout=20)

        assert refused.status_code == 403
        assert "the control API is not served as 'api.emailsrvr.com'" in refused.json()["error"]


class TestSandboxes:
    """A client with a hard-coded host chooses its sandbox with the user name of the proxy."""

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_user_of_the_proxy_selects_the_sandbox(self, mm, session, scheme):
        session.proxies = via(mm, "~mine:x@")

        session.get(f"{scheme}://{RACKSPACE}{DOMAINS}", timeout=20)
        with suppress(requests.exceptions.ProxyError):
            session.get(f"{scheme}://example.com/", timeout=20)

        assert [exchange.status for exchange in mm.sandbox("mine").requests] == [403, 403]
        assert len(mm.requests) == 0

    def test_path_and_header_come_before_the_user(self, mm, session):
        session.proxies = via(mm, "~mine:x@")

        session.get(f"https://{RACKSPACE}/~other{DOMAINS}", timeout=20)
        session.get(f"https://{RACKSPACE}{DOMAINS}", headers={"X-Mockmail-Sandbox": "third"}, timeout=20)

        assert [len(mm.sandbox(name).requests) for name in ("mine", "other", "third")] == [0, 1, 1]

    @pytest.mark.parametrize("given", ["Basic", "Basic !", "Bearer x", "Basic " + base64.b64encode(b"jane:x").decode()])
    def test_other_credentials_are_ignored(self, mm, given):
        lines = (f"GET http://{RACKSPACE}{DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}", f"Proxy-Authorization: {given}")
        with closing(open_proxy(mm)) as connection:
            assert ask(connection, *lines)[0] == 403
        assert [exchange.vendor for exchange in mm.requests] == ["rackspace"]

    def test_invalid_name_is_refused(self, mm, session):
        session.proxies = via(mm, "~a%20b:x@")

        assert session.get(f"https://{RACKSPACE}{DOMAINS}", timeout=20).status_code == 400


class TestBounds:
    """Tunnels count as connections, and their handshakes are limited in time."""

    def test_tunnel_takes_the_place_of_its_connection(self, serve):
        mm = serve(http=HttpLimits(connections=1))
        for port in (443, 80):
            with closing(open_proxy(mm)) as plain:
                assert ask(plain, f"CONNECT {RACKSPACE}:{port} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 200
                with closing(open_proxy(mm)) as over:
                    assert finish(over).startswith(b"HTTP/1.1 503 ")
                connection = mm.ssl_context.wrap_socket(plain, server_hostname=RACKSPACE) if port != 80 else plain.dup()
                with closing(connection):
                    assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403
                    with closing(open_proxy(mm)) as over:
                        assert finish(over).startswith(b"HTTP/1.1 503 ")
            until(lambda: not mm.server._http.connections and not mm.server.tls_connections._open)

    def test_silent_client_is_disconnected(self, serve):
        mm = serve(tls_handshake_seconds=0.2)

        with closing(open_proxy(mm)) as silent:
            assert ask(silent, f"CONNECT {RACKSPACE}:443 HTTP/1.1", "Host: x")[0] == 200
            assert silent.recv(1) == b""

    def test_idle_tunnel_is_disconnected(self, serve):
        mm = serve(http=HttpLimits(idle=0.2))

        with closing(open_proxy(mm)) as plain:
            assert ask(plain, f"CONNECT {RACKSPACE}:443 HTTP/1.1", "Host: x")[0] == 200
            with mm.ssl_context.wrap_socket(plain, server_hostname=RACKSPACE) as connection:
                assert connection.recv(1) == b""

    def test_bytes_before_the_response_end_the_tunnel(self, mm):
        with closing(open_proxy(mm)) as connection, suppress(ConnectionResetError):
            connection.sendall(f"CONNECT {RACKSPACE}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode() + b"\x16\x03\x01" * 10)
            assert finish(connection) in (b"", b"HTTP/1.1 200 Connection established\r\n\r\n")
        assert requests.get(f"{mm.url}/_mockmail/health", timeout=20).status_code == 200

    def test_tunnel_in_a_tunnel_is_refused(self, mm):
        with closing(open_proxy(mm)) as plain:
            assert ask(plain, f"CONNECT {RACKSPACE}:443 HTTP/1.1", "Host: x")[0] == 200
            with mm.ssl_context.wrap_socket(plain, server_hostname=RACKSPACE) as connection:
                assert ask(connection, f"CONNECT {RACKSPACE}:443 HTTP/1.1", f"Host: {RACKSPACE}")[0] in (404, 405)
                assert ask(connection, f"GET {DOMAINS} HTTP/1.1", f"Host: {RACKSPACE}")[0] == 403

    def test_stop_disconnects_tunnels(self, serve):
        mm = serve()
        handshaking, idle = open_proxy(mm), open_proxy(mm)
        for plain in (handshaking, idle):
            assert ask(plain, f"CONNECT {RACKSPACE}:443 HTTP/1.1", "Host: x")[0] == 200
        secured = mm.ssl_context.wrap_socket(idle, server_hostname=RACKSPACE)

        mm.__exit__(None, None, None)

        for connection in (handshaking, secured):
            with closing(connection), suppress(ConnectionResetError, ssl.SSLError):
                finish(connection)

    @pytest.mark.parametrize("kind", ["reset", "empty", "garbage", "truncated"])
    def test_transport_faults_act_in_a_tunnel(self, mm, session, kind):
        mm.faults.add("rackspace", transport=kind)

        with pytest.raises(requests.RequestException):
            session.get(f"https://{RACKSPACE}{DOMAINS}", timeout=20).content  # noqa: B018
        assert session.get(f"https://{RACKSPACE}{DOMAINS}", timeout=20).status_code == 403


class TestVariables:
    """Clients with nothing but the variables of `mockmail env --proxy`."""

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_requests_and_httpx_reach_the_vendor(self, mm, python, scheme):
        url = f"{scheme}://{RACKSPACE}{DOMAINS}"
        for client in ("requests", "httpx"):
            said = python(
                f"import {client}; print({client}.get({url!r}, timeout=20).status_code)",
                env=mm.rackspace.proxy_environment,
            )
            assert said == "403\n"

        assert [exchange.scheme for exchange in mm.requests] == [scheme] * 2

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_curl_reaches_the_vendor(self, mm, curl, scheme):
        said = curl(f"{scheme}://{RACKSPACE}{DOMAINS}", env=mm.rackspace.proxy_environment)

        assert json.loads(said)["unauthorizedFault"]["message"] == "Authentication failed."

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_fetch_of_node_reaches_the_vendor(self, mm, node, scheme):
        said = node(
            f"console.log((await fetch('{scheme}://{RACKSPACE}{DOMAINS}')).status)", env=mm.rackspace.proxy_environment
        )

        assert said == "403\n"

    def test_variables_select_the_sandbox(self, mm, curl, python, node):
        variables = mm.sandbox("mine").rackspace.proxy_environment
        url = f"https://{RACKSPACE}{DOMAINS}"

        curl(url, env=variables)
        for client in ("requests", "httpx"):
            python(f"import {client}; {client}.get({url!r}, timeout=20)", env=variables)
        node(f"await fetch('{url}')", env=variables)

        assert [exchange.path for exchange in mm.sandbox("mine").requests] == [DOMAINS] * 4

    def test_variables_are_those_of_the_real_host(self, mm):
        variables = mm.rackspace.proxy_environment
        proxy = mm.url

        assert variables == {
            "RACKSPACE_URL": "https://api.emailsrvr.com/v1",
            "RACKSPACE_USER_KEY": "eGbq9/2hcZsRlr1JV1Pi",
            "RACKSPACE_SECRET_KEY": "QHOvchm/40czXhJ1OxfxK7jDHr3t",
            "RACKSPACE_CUSTOMER_ID": "12345678",
            "HTTP_PROXY": proxy,
            "HTTPS_PROXY": proxy,
            "NO_PROXY": "localhost,127.0.0.1,::1",
            "http_proxy": proxy,
            "https_proxy": proxy,
            "no_proxy": "localhost,127.0.0.1,::1",
            "REQUESTS_CA_BUNDLE": mm.ca_file,
            "SSL_CERT_FILE": mm.ca_file,
            "CURL_CA_BUNDLE": mm.ca_file,
            "AWS_CA_BUNDLE": mm.ca_file,
            "NODE_EXTRA_CA_CERTS": mm.ca_file,
            "NODE_USE_ENV_PROXY": "1",
        }

    def test_vendor_without_a_host_needs_one(self, serve):
        mm = serve()
        with pytest.raises(InvalidValue, match="adaxes has no host of its own: set proxy_hosts to HOST=adaxes"):
            mm.adaxes.proxy_environment  # noqa: B018

        mm = serve(proxy_hosts={"ad.example.com": "adaxes"})
        variables = mm.adaxes.proxy_environment

        assert variables["ADAXES_BASE_URL"] == "https://ad.example.com/restApi"
        with httpx.Client(proxy=variables["HTTPS_PROXY"], verify=mm.ssl_context, trust_env=False) as client:
            client.get(variables["ADAXES_BASE_URL"], timeout=20)
        assert [exchange.vendor for exchange in mm.requests] == ["adaxes"]

    def test_application_may_reach_other_programs_of_its_machine(self, mm, python):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            script = f"import requests; requests.get('http://127.0.0.1:{port}/', timeout=0.2)"
            with suppress(AssertionError):  # nobody answers there
                python(script, env=mm.rackspace.proxy_environment)
            listener.setblocking(False)
            listener.accept()[0].close()

        assert len(mm.requests) == 0


@pytest.mark.parametrize("host", ["xn--" + "a" * 70 + ".com", "xn--", "xn--a.example.com", "xn--\xff.com"])
@pytest.mark.parametrize("line", ["CONNECT {}:443 HTTP/1.1", "GET http://{}/ HTTP/1.1"])
def test_host_that_is_no_name_is_refused_and_holds_no_connection(mm, line, host):
    with closing(open_proxy(mm)) as connection:
        status, _ = ask(connection, line.format(host), "Host: x")
    assert status in (400, 403)
