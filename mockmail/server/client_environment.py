"""The environment variables for SMTP clients, and for clients with a vendor's real host names, through the proxy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from mockmail.core.errors import InvalidValue
from mockmail.core.registry import Registry
from mockmail.core.sandboxes import DEFAULT
from mockmail.core.vendor import Vendor

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""The variables by which clients take the file of a CA: requests; httpx, OpenSSL, Go and Ruby; curl; boto3; Node."""

LOCAL = ("localhost", "127.0.0.1", "::1")


def smtp_environment(host: str, port: int | str, sandbox: str = DEFAULT) -> dict[str, str]:
    """Return the variables for an SMTP client. sandbox: the one to log in to; the default one needs no login."""
    variables = {"SMTP_HOST": host, "SMTP_PORT": str(port)}
    return variables if sandbox == DEFAULT else {**variables, "SMTP_USERNAME": f"~{sandbox}", "SMTP_PASSWORD": "any"}


def proxy_hosts(pairs: Iterable[str], vendors: Registry) -> dict[str, str]:
    """Return vendors' names by host names, from the texts `HOST=VENDOR`. Raise UnknownName."""
    split = (pair.rpartition("=") for pair in pairs)
    return {host.lower(): vendors.named(name).name for host, _, name in split}


def proxy_environment(
    vendor: Vendor, *, url: str, ca_file: Path, hosts: Mapping[str, str], sandbox: str = DEFAULT
) -> dict[str, str]:
    """Return the variables for a client of a vendor. Raise InvalidValue for a vendor without a host of its own.

    url: the server's base URL. hosts: the vendors by host names that the setting `proxy_hosts` adds.
    """
    own = [host for host, name in hosts.items() if name == vendor.name]
    host = next((host for host in (*own, *vendor.hosts) if "*" not in host), None)
    if host is None:
        raise InvalidValue(
            f"{vendor.name} has no host of its own: set proxy_hosts to HOST={vendor.name}, with the host that the"
            " application calls"
        )
    server = urlsplit(url)
    user = "" if sandbox == DEFAULT else f"~{sandbox}:x@"  # some clients send no user without a password
    proxy = f"http://{user}{server.netloc}"
    direct = ",".join(dict.fromkeys((*LOCAL, server.hostname or "")))
    variables = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": direct}
    return {
        **vendor.environment_at(f"https://{host}"),
        **variables,
        **{name.lower(): value for name, value in variables.items()},  # curl reads no HTTP_PROXY
        **dict.fromkeys(CA_VARIABLES, str(ca_file)),
        "NODE_USE_ENV_PROXY": "1",
    }
