"""The vendor Rackspace: the attributes that the core reads before it imports the rest of the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mockmail.core.vendor import Vendor

if TYPE_CHECKING:
    from mockmail.core.world import World


class Rackspace(Vendor):
    """Rackspace Email and Hosted Exchange: mailboxes and their records."""

    name = "rackspace"
    title = "Rackspace Email and Hosted Exchange"
    path_roots = ("v1", "v2")
    hosts = ("api.emailsrvr.com",)
    server_header = "Microsoft-IIS/7.0"
    body_type = "application/x-www-form-urlencoded"
    case_insensitive = True
    hosts_mailboxes = True
    # It sends 403 instead of 401 and 429 (docs/wire/rackspace.md 1.2, 1.6).
    fault_statuses = (400, 403, 404, 405, 406, 409, 413, 417, 500, 502, 503, 504)
    # The vendor publishes these keys as its example.
    credentials = {
        "user_key": "eGbq9/2hcZsRlr1JV1Pi",
        "secret_key": "QHOvchm/40czXhJ1OxfxK7jDHr3t",
        "customer": "12345678",
    }
    environment = {
        "RACKSPACE_URL": "{url}/v1",
        "RACKSPACE_USER_KEY": credentials["user_key"],
        "RACKSPACE_SECRET_KEY": credentials["secret_key"],
        "RACKSPACE_CUSTOMER_ID": credentials["customer"],
    }

    def example_headers(self, world: World, user_agent: str) -> Mapping[str, str]:
        """Return a signature for the client, and its User-Agent, which the signature covers."""
        from mockmail.vendors.rackspace.authentication import HEADER, sign

        utc_offset = world.options(self).signature_utc_offset
        signature = sign(self.credentials, user_agent, world.clock.now(), utc_offset)
        return {HEADER: signature, "User-Agent": user_agent}


VENDOR = Rackspace()
